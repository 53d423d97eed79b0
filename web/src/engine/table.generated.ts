// Made of src/sheetformer/formula by `python web/functions.py`; a change belongs there.

/** A function: what its arguments are, and the least and most of them. */
export interface Signature {
  /**
   * A letter for each argument, the last one for all further ones: "s" a single value (in an array
   * formula the function is applied place by place), "r" cells as they stand, or a value, "a" like
   * "r", but worked out as in an array formula. Of the capital letters it must be cells.
   */
  readonly kinds: string;
  readonly least: number;
  readonly most: number;
}

/** Operators between two operands, from loose to tight; all of them read from the left. */
export const LEVELS = [
  ["=", "<>", "<", ">", "<=", ">="],
  ["&"],
  ["+", "-"],
  ["*", "/"],
  ["^"],
] as const;

/** Functions, parentheses and signs inside each other in a typed formula. */
export const DEEPEST = 40;
/** Characters of a typed formula. */
export const LONGEST_FORMULA = 4000;

export const SIGNATURES = {
  SUM: { kinds: "r", least: 1, most: 255 },
  AVERAGE: { kinds: "r", least: 1, most: 255 },
  MIN: { kinds: "r", least: 1, most: 255 },
  MAX: { kinds: "r", least: 1, most: 255 },
  PRODUCT: { kinds: "r", least: 1, most: 255 },
  SUMSQ: { kinds: "r", least: 1, most: 255 },
  MEDIAN: { kinds: "r", least: 1, most: 255 },
  LARGE: { kinds: "rs", least: 2, most: 2 },
  SMALL: { kinds: "rs", least: 2, most: 2 },
  COUNT: { kinds: "r", least: 1, most: 255 },
  COUNTA: { kinds: "r", least: 1, most: 255 },
  COUNTBLANK: { kinds: "R", least: 1, most: 1 },
  COUNTIF: { kinds: "Rs", least: 2, most: 2 },
  SUMIF: { kinds: "RsR", least: 2, most: 3 },
  AVERAGEIF: { kinds: "RsR", least: 2, most: 3 },
  COUNTIFS: { kinds: "RsRsRsRsRsRsRsRsRs", least: 2, most: 18 },
  SUMIFS: { kinds: "RRsRsRsRsRsRsRsRsRs", least: 3, most: 19 },
  AVERAGEIFS: { kinds: "RRsRsRsRsRsRsRsRsRs", least: 3, most: 19 },
  RANK: { kinds: "sRs", least: 2, most: 3 },
  PERCENTILE: { kinds: "rs", least: 2, most: 2 },
  CORREL: { kinds: "a", least: 2, most: 2 },
  STDEV: { kinds: "r", least: 1, most: 255 },
  "STDEV.S": { kinds: "r", least: 1, most: 255 },
  STDEVP: { kinds: "r", least: 1, most: 255 },
  "STDEV.P": { kinds: "r", least: 1, most: 255 },
  VAR: { kinds: "r", least: 1, most: 255 },
  "VAR.S": { kinds: "r", least: 1, most: 255 },
  VARP: { kinds: "r", least: 1, most: 255 },
  "VAR.P": { kinds: "r", least: 1, most: 255 },
  SUMPRODUCT: { kinds: "a", least: 1, most: 255 },
  MMULT: { kinds: "a", least: 2, most: 2 },
  TRANSPOSE: { kinds: "a", least: 1, most: 1 },
  MDETERM: { kinds: "a", least: 1, most: 1 },
  MINVERSE: { kinds: "a", least: 1, most: 1 },
  SUMXMY2: { kinds: "a", least: 2, most: 2 },
  SUMX2MY2: { kinds: "a", least: 2, most: 2 },
  SUMX2PY2: { kinds: "a", least: 2, most: 2 },
  INDEX: { kinds: "rss", least: 2, most: 3 },
  MATCH: { kinds: "srs", least: 2, most: 3 },
  VLOOKUP: { kinds: "srss", least: 3, most: 4 },
  HLOOKUP: { kinds: "srss", least: 3, most: 4 },
  CHOOSE: { kinds: "s", least: 2, most: 255 },
  ROW: { kinds: "S", least: 0, most: 1 },
  COLUMN: { kinds: "S", least: 0, most: 1 },
  ROWS: { kinds: "r", least: 1, most: 1 },
  COLUMNS: { kinds: "r", least: 1, most: 1 },
  ABS: { kinds: "s", least: 1, most: 1 },
  SIGN: { kinds: "s", least: 1, most: 1 },
  SQRT: { kinds: "s", least: 1, most: 1 },
  EXP: { kinds: "s", least: 1, most: 1 },
  LN: { kinds: "s", least: 1, most: 1 },
  LOG: { kinds: "s", least: 1, most: 2 },
  LOG10: { kinds: "s", least: 1, most: 1 },
  POWER: { kinds: "s", least: 2, most: 2 },
  MOD: { kinds: "s", least: 2, most: 2 },
  QUOTIENT: { kinds: "s", least: 2, most: 2 },
  FACT: { kinds: "s", least: 1, most: 1 },
  PI: { kinds: "s", least: 0, most: 0 },
  INT: { kinds: "s", least: 1, most: 1 },
  TRUNC: { kinds: "s", least: 1, most: 2 },
  ROUND: { kinds: "s", least: 2, most: 2 },
  ROUNDUP: { kinds: "s", least: 2, most: 2 },
  ROUNDDOWN: { kinds: "s", least: 2, most: 2 },
  CEILING: { kinds: "s", least: 2, most: 2 },
  FLOOR: { kinds: "s", least: 2, most: 2 },
  SIN: { kinds: "s", least: 1, most: 1 },
  COS: { kinds: "s", least: 1, most: 1 },
  TAN: { kinds: "s", least: 1, most: 1 },
  ASIN: { kinds: "s", least: 1, most: 1 },
  ACOS: { kinds: "s", least: 1, most: 1 },
  ATAN: { kinds: "s", least: 1, most: 1 },
  ATAN2: { kinds: "s", least: 2, most: 2 },
  SINH: { kinds: "s", least: 1, most: 1 },
  COSH: { kinds: "s", least: 1, most: 1 },
  TANH: { kinds: "s", least: 1, most: 1 },
  ASINH: { kinds: "s", least: 1, most: 1 },
  ACOSH: { kinds: "s", least: 1, most: 1 },
  ATANH: { kinds: "s", least: 1, most: 1 },
  DEGREES: { kinds: "s", least: 1, most: 1 },
  RADIANS: { kinds: "s", least: 1, most: 1 },
  NORMSDIST: { kinds: "s", least: 1, most: 1 },
  NORMSINV: { kinds: "s", least: 1, most: 1 },
  NORMDIST: { kinds: "s", least: 4, most: 4 },
  "NORM.DIST": { kinds: "s", least: 4, most: 4 },
  "NORM.S.DIST": { kinds: "s", least: 2, most: 2 },
  "NORM.S.INV": { kinds: "s", least: 1, most: 1 },
  ERF: { kinds: "s", least: 1, most: 2 },
  ERFC: { kinds: "s", least: 1, most: 1 },
  IF: { kinds: "s", least: 2, most: 3 },
  IFS: { kinds: "s", least: 2, most: 255 },
  SWITCH: { kinds: "s", least: 3, most: 255 },
  IFERROR: { kinds: "s", least: 2, most: 2 },
  IFNA: { kinds: "s", least: 2, most: 2 },
  AND: { kinds: "r", least: 1, most: 255 },
  OR: { kinds: "r", least: 1, most: 255 },
  XOR: { kinds: "r", least: 1, most: 255 },
  NOT: { kinds: "s", least: 1, most: 1 },
  TRUE: { kinds: "s", least: 0, most: 0 },
  FALSE: { kinds: "s", least: 0, most: 0 },
  NA: { kinds: "s", least: 0, most: 0 },
  ISNUMBER: { kinds: "s", least: 1, most: 1 },
  ISTEXT: { kinds: "s", least: 1, most: 1 },
  ISLOGICAL: { kinds: "s", least: 1, most: 1 },
  ISBLANK: { kinds: "s", least: 1, most: 1 },
  ISERROR: { kinds: "s", least: 1, most: 1 },
  ISERR: { kinds: "s", least: 1, most: 1 },
  ISNA: { kinds: "s", least: 1, most: 1 },
  LEN: { kinds: "s", least: 1, most: 1 },
  LEFT: { kinds: "s", least: 1, most: 2 },
  RIGHT: { kinds: "s", least: 1, most: 2 },
  MID: { kinds: "s", least: 3, most: 3 },
  UPPER: { kinds: "s", least: 1, most: 1 },
  LOWER: { kinds: "s", least: 1, most: 1 },
  PROPER: { kinds: "s", least: 1, most: 1 },
  TRIM: { kinds: "s", least: 1, most: 1 },
  CONCATENATE: { kinds: "s", least: 1, most: 255 },
  CONCAT: { kinds: "r", least: 1, most: 255 },
  TEXTJOIN: { kinds: "ssr", least: 3, most: 255 },
  FIND: { kinds: "s", least: 2, most: 3 },
  SEARCH: { kinds: "s", least: 2, most: 3 },
  SUBSTITUTE: { kinds: "s", least: 3, most: 4 },
  REPLACE: { kinds: "s", least: 4, most: 4 },
  REPT: { kinds: "s", least: 2, most: 2 },
  EXACT: { kinds: "s", least: 2, most: 2 },
  CHAR: { kinds: "s", least: 1, most: 1 },
  CODE: { kinds: "s", least: 1, most: 1 },
  VALUE: { kinds: "s", least: 1, most: 1 },
  TEXT: { kinds: "s", least: 2, most: 2 },
  N: { kinds: "s", least: 1, most: 1 },
  T: { kinds: "s", least: 1, most: 1 },
} as const satisfies Record<string, Signature>;

/** Functions that spreadsheet programs have and a page has not. */
export const ELSEWHERE: ReadonlySet<string> = new Set("ADDRESS AGGREGATE AVEDEV AVERAGEA BETA.DIST BINOM.DIST BYCOL BYROW CEILING.MATH CELL CHISQ.DIST CHOOSECOLS CHOOSEROWS COMBIN CONFIDENCE.NORM COVARIANCE.P COVARIANCE.S DATE DATEVALUE DAY DAYS DEVSQ DROP EVEN EXPAND EXPON.DIST F.DIST FILTER FLOOR.MATH FORECAST FREQUENCY GAMMA GAMMALN GCD GEOMEAN GETPIVOTDATA GROWTH HARMEAN HOUR HSTACK HYPERLINK IMAGE IMPORTRANGE INDIRECT INFO INTERCEPT ISEVEN ISFORMULA ISODD KURT LAMBDA LCM LET LINEST LOGEST LOOKUP MAKEARRAY MAP MAXA MAXIFS MINA MINIFS MINUTE MODE MONTH MROUND MUNIT NOW NUMBERVALUE ODD OFFSET PEARSON PERCENTILE.EXC PERCENTILE.INC PERCENTRANK PERMUT POISSON.DIST QUARTILE RAND RANDARRAY RANDBETWEEN RANK.AVG RANK.EQ REDUCE REGEXEXTRACT REGEXREPLACE RSQ SCAN SECOND SEQUENCE SERIESSUM SKEW SLOPE SORT SORTBY SQRTPI STANDARDIZE STDEVA STEYX SUBTOTAL T.DIST TAKE TEXTAFTER TEXTBEFORE TEXTSPLIT TIME TOCOL TODAY TOROW TREND TRIMMEAN UNICHAR UNICODE UNIQUE VSTACK WEBSERVICE WEEKDAY WRAPCOLS WRAPROWS XLOOKUP XMATCH YEAR Z.TEST".split(" "));

/** They give several values, wherever they stand. */
export const SEVERAL: readonly FunctionName[] = ["TRANSPOSE", "MINVERSE"];

export type FunctionName = keyof typeof SIGNATURES;
