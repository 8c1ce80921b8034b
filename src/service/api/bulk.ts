import type { Readable } from "node:stream";
import { BallastError } from "../../errors.ts";
import { readLines } from "../../portfolio/lines-file.ts";
import { located, portfolioLines } from "../../portfolio/stream-file.ts";
import { parseFed } from "../../venues/files/fed.ts";
import { errorAnswer, versionAnswer } from "./answers.ts";
import type { ApiKey } from "./keys.ts";
import { type SubmitParts, submit } from "./submit.ts";

/** A request may have so many lines. */
const MAX_LINES = 100_000;

/**
 * Takes a stream of portfolios, a line each, and tells of each line what became of it, in their order: what is told is durable. One bad line
 * stops no other; a line that is too long or no text ends it.
 */
export async function* submitLines(parts: SubmitParts, key: ApiKey, body: Readable): AsyncGenerator<string> {
  const format = portfolioLines("the request");
  let line = 0;
  try {
    for await (const texts of readLines(body, format)) {
      for (const text of texts) {
        line++;
        if (line > MAX_LINES) throw tooMany();
        yield told({ line, ...(await submitted(parts, key, text, line)) });
      }
    }
  } catch (error) {
    yield told({ line: line + 1, ...errorAnswer(error).body });
    body.destroy();
  }
}

async function submitted(parts: SubmitParts, key: ApiKey, text: string, line: number): Promise<object> {
  try {
    const fed = located(`Line ${line}`, { line }, text, parseFed);
    const { version, isNew } = await submit(parts, key, fed);
    return { ...versionAnswer(version), isNew };
  } catch (error) {
    // Without a database every further line would fail as well.
    if (!(error instanceof BallastError) || error.code === "STORE_ERROR") throw error;
    return errorAnswer(error).body;
  }
}

function told(answer: object): string {
  return `${JSON.stringify(answer)}\n`;
}

function tooMany(): BallastError {
  return new BallastError("OUT_OF_RANGE", `A request has at most ${MAX_LINES} lines.`, {
    hint: "Send the rest in another one.",
  });
}
