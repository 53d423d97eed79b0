/** ZIP archives as spreadsheets are: read by their directory, and written again. */

/** One file of an archive, packed as it stands there. */
export interface Part {
  name: string;
  /** 0: as it is, 8: deflated. */
  method: number;
  sum: number;
  size: number;
  bytes: Uint8Array<ArrayBuffer>;
}

const DIRECTORY = 0x02014b50;
const LOCAL = 0x04034b50;
const END = 0x06054b50;
/** Of the end, without a comment. */
const END_LENGTH = 22;
const DIRECTORY_LENGTH = 46;
const LOCAL_LENGTH = 30;

/** The files of an archive without a comment; larger ones than 4 GB have another form. */
export function unzipped(file: Uint8Array): Part[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const end = file.length - END_LENGTH;
  let at = view.getUint32(end + 16, true);
  return Array.from({ length: view.getUint16(end + 10, true) }, () => {
    const [name, extra, comment] = [28, 30, 32].map((place) => view.getUint16(at + place, true)) as [number, number, number];
    const local = view.getUint32(at + 42, true);
    const from = local + LOCAL_LENGTH + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    const part = {
      name: new TextDecoder().decode(file.subarray(at + DIRECTORY_LENGTH, at + DIRECTORY_LENGTH + name)),
      method: view.getUint16(at + 10, true),
      sum: view.getUint32(at + 16, true),
      size: view.getUint32(at + 24, true),
      bytes: file.slice(from, from + view.getUint32(at + 20, true)),
    };
    at += DIRECTORY_LENGTH + name + extra + comment;
    return part;
  });
}

export async function inflated({ method, bytes }: Part): Promise<string> {
  return new TextDecoder().decode(method ? await through(bytes, new DecompressionStream("deflate-raw")) : bytes);
}

export async function deflated(name: string, text: string): Promise<Part> {
  const plain = new TextEncoder().encode(text);
  return { name, method: 8, sum: checksum(plain), size: plain.length, bytes: await through(plain, new CompressionStream("deflate-raw")) };
}

async function through(bytes: Uint8Array<ArrayBuffer>, stream: CompressionStream | DecompressionStream): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());
}

/** CRC-32, as archives have it. */
function checksum(bytes: Uint8Array): number {
  let sum = -1;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}

/** An archive of these files, in their order. */
export function zipped(parts: readonly Part[]): Uint8Array<ArrayBuffer> {
  const body: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const part of parts) {
    const name = new TextEncoder().encode(part.name);
    // Version 2.0, names in UTF-8, the first day that the form knows.
    const facts = [[20, 2], [0x800, 2], [part.method, 2], [0, 2], [0x21, 2], [part.sum, 4], [part.bytes.length, 4], [part.size, 4], [name.length, 2], [0, 2]] as const;
    const local = [packed([[LOCAL, 4], ...facts]), name, part.bytes];
    directory.push(packed([[DIRECTORY, 4], [20, 2], ...facts, [0, 2], [0, 2], [0, 2], [0, 4], [at, 4]]), name);
    body.push(...local);
    at += length(local);
  }
  const [count, size] = [parts.length, length(directory)];
  const end = packed([[END, 4], [0, 2], [0, 2], [count, 2], [count, 2], [size, 4], [at, 4], [0, 2]]);
  const whole = new Uint8Array(at + size + END_LENGTH);
  let place = 0;
  for (const bytes of [...body, ...directory, end]) {
    whole.set(bytes, place);
    place += bytes.length;
  }
  return whole;
}

const length = (parts: readonly Uint8Array[]): number => parts.reduce((sum, part) => sum + part.length, 0);

/** Numbers of 2 or 4 bytes, the last byte first. */
function packed(numbers: readonly (readonly [number, 2 | 4])[]): Uint8Array {
  return Uint8Array.from(numbers.flatMap(([number, bytes]) => Array.from({ length: bytes }, (_, i) => (number >>> (8 * i)) & 255)));
}
