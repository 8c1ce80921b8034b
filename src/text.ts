const MARK = "\ufeff";

/** Decoded bytes, or what is wrong with them, to carry on a sentence with: `is UTF-16, not UTF-8`. */
export type DecodedText = { readonly text: string } | { readonly problem: string };

/**
 * Text from outside, as every file and stream is read: UTF-8, with or without its byte-order mark. The mark is not part
 * of the text. UTF-16 is told from other bytes that aren't UTF-8.
 */
export function decodeText(bytes: Uint8Array): DecodedText {
  if (isUtf16(bytes)) return { problem: "is UTF-16, not UTF-8" };
  try {
    return { text: withoutMark(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)) };
  } catch {
    return { problem: "is not text in UTF-8" };
  }
}

/** Text without the byte-order mark that it may begin with. */
export function withoutMark(text: string): string {
  return text.startsWith(MARK) ? text.slice(1) : text;
}

/** Text from outside in quotation marks, as printable ASCII and cut where it is long: for errors. */
export function quoted(text: string): string {
  const shown = JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
  return shown.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** By its mark, or by the zero that one of an ASCII character's two bytes is. */
function isUtf16([first, second]: Uint8Array): boolean {
  if (first === undefined || second === undefined) return false;
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff) || first * second === 0;
}
