import type { Io } from "./io.ts";

/**
 * What a terminal obeys instead of showing it, or shows as something else: control characters, format characters (among them those
 * that turn the direction of text), separators of lines, halves of surrogate pairs.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
/** The colours that Ballast uses itself. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escapes that colour text
const OWN_COLOR = /\u001b\[(?:0|1|2|22|3[1-6]|39)m/;
const UNSEEN_OR_COLOR = new RegExp(`(${OWN_COLOR.source})|${UNSEEN.source}`, "gu");
/** How Ballast redraws a line or a table: only ever before the text that it writes. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escapes that move the cursor
const REDRAW = /^(?:\r|\u001b\[\d*[AJK])+/;

/** `\u001b` for the escape character: as JSON writes it, so that JSON stays what it was. */
function escaped(text: string): string {
  return Array.from(
    { length: text.length },
    (_, i) => `\\u${text.charCodeAt(i).toString(16).padStart(4, "0")}`,
  ).join("");
}

/**
 * Text that came from outside (a file, a node, the command line), to stand within a line: what a terminal would not show is written out,
 * line breaks too. Every name that is printed goes through this.
 */
export function foreign(text: string): string {
  return text.replace(UNSEEN, escaped);
}

/** The same for a whole output of ours, which may have lines and colours. */
export function shown(text: string): string {
  return text.replace(UNSEEN_OR_COLOR, (found, own: string | undefined) =>
    own !== undefined || found === "\n" ? found : escaped(found),
  );
}

/** The same for a text that stands on one line or in one cell, and may have colours. */
export function oneLine(text: string): string {
  return shown(text).replaceAll("\n", "\\u000a");
}

/** Streams on which nothing foreign can move the cursor, whatever a command writes. */
export function guardedIo(io: Io): Io {
  const guarded = (write: (text: string) => void, redraws: boolean) => (text: string) => {
    const own = redraws ? (REDRAW.exec(text)?.[0] ?? "") : "";
    write(own + shown(text.slice(own.length)));
  };
  return Object.create(io, {
    out: { value: guarded(io.out, io.screen === true) },
    err: { value: guarded(io.err, io.live) },
  }) as Io;
}
