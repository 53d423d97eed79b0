/** What an error value means, in a plain sentence. */

import type { Language } from "../format.js";
import { CellError, type ErrorCode } from "./values.js";

type Sentence = (detail: string) => string;

const quoted = (detail: string): string => (detail ? ` (“${detail}”)` : "");

const ENGLISH: Record<ErrorCode, Sentence> = {
  "#DIV/0!": () => "This formula divides by zero, or takes the mean of no numbers at all.",
  "#VALUE!": (detail) => `Something that is no number${quoted(detail)} stands where the formula needs one, or two shapes do not fit.`,
  "#N/A": () => "What the formula looks for is not there, or there is nothing in this row or column to work with.",
  "#NAME?": (detail) => `The formula uses a name${quoted(detail)} that is neither a function nor a block of this book.`,
  "#REF!": () => "The formula points to a cell or sheet that does not exist.",
  "#NUM!": () => "The result is no number that a cell can hold: too large, or not defined, like the root of −1.",
  "#CIRC!": () => "The formula needs its own result: it goes in a circle.",
};

const PORTUGUESE: Record<ErrorCode, Sentence> = {
  "#DIV/0!": () => "Esta fórmula divide por zero, ou tira a média de nenhum número.",
  "#VALUE!": (detail) => `Algo que não é um número${quoted(detail)} está onde a fórmula precisa de um, ou dois formatos não combinam.`,
  "#N/A": () => "O que a fórmula procura não está lá, ou não há nada nesta linha ou coluna para usar.",
  "#NAME?": (detail) => `A fórmula usa um nome${quoted(detail)} que não é uma função nem um bloco deste livro.`,
  "#REF!": () => "A fórmula aponta para uma célula ou planilha que não existe.",
  "#NUM!": () => "O resultado não é um número que caiba numa célula: grande demais, ou não definido, como a raiz de −1.",
  "#CIRC!": () => "A fórmula precisa do próprio resultado: ela anda em círculo.",
};

export function errorSentence(error: CellError, language: Language): string {
  return (language === "pt" ? PORTUGUESE : ENGLISH)[error.code](error.detail);
}

/** Why an edit was refused. */
export const REFUSALS = {
  en: {
    formula: (text: string, at: number) => `This formula cannot be read at character ${at}: ${text}`,
    array: (area: string) => `This cell is part of an array formula over ${area}; change its formula, which changes them all.`,
    long: () => "A cell holds at most 32,767 characters.",
    outside: () => "There is no such cell on this sheet.",
  },
  pt: {
    formula: (text: string, at: number) => `Esta fórmula não pode ser lida no caractere ${at}: ${text}`,
    array: (area: string) => `Esta célula faz parte de uma fórmula matricial em ${area}; mude a fórmula dela, que muda todas.`,
    long: () => "Uma célula guarda no máximo 32.767 caracteres.",
    outside: () => "Não há essa célula nesta planilha.",
  },
} as const;
