/**
 * What a terminal obeys instead of showing it, or shows as something else: control characters, format characters (among them those
 * that turn the direction of text), separators of lines, halves of surrogate pairs.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
/** The colours that Ballast uses itself. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escapes that colour text
const OWN_COLOR = /\u001b\[(?:0|1|2|22|3[1-6]|39)m/;
const UNSEEN_OR_COLOR = new RegExp(`(${OWN_COLOR.source})|${UNSEEN.source}`, "gu");
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
