import { createHmac, randomBytes } from "node:crypto";
import * as z from "zod";
import { BallastError } from "../../errors.ts";
import { parseJson } from "../../json.ts";
import { readTextFile } from "../../node/files.ts";

/** A key of Deribit's, with the scope `account:read trade:read` and nothing more. Secret. */
export interface DeribitCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

const text = z.string().regex(/^[\x21-\x7e]{1,200}$/);
const keyFileSchema = z.strictObject({ clientId: text, clientSecret: text });

/**
 * Reads `{"clientId": "…", "clientSecret": "…"}`. No error quotes anything of it.
 * @throws {BallastError} FILE_ERROR, INVALID_INPUT.
 */
export function loadDeribitKey(path: string): DeribitCredentials {
  const parsed = keyFileSchema.safeParse(parseJson(readTextFile(path, "key file"), `key file ${path}`));
  if (parsed.success) return parsed.data;
  throw new BallastError("INVALID_INPUT", `The key file ${path} is none of Deribit's.`, {
    hint: 'It holds {"clientId": "…", "clientSecret": "…"} and nothing else.',
  });
}

/**
 * What `public/auth` is asked with: a signature of the moment, so that the secret itself never leaves this machine (docs.deribit.com,
 * `client_signature`).
 * @param now Unix milliseconds.
 */
export function signedGrant({ clientId, clientSecret }: DeribitCredentials, now: bigint) {
  const nonce = randomBytes(8).toString("hex");
  const signature = createHmac("sha256", clientSecret).update(`${now}\n${nonce}\n`).digest("hex");
  return {
    grant_type: "client_signature",
    client_id: clientId,
    timestamp: Number(now),
    nonce,
    data: "",
    signature,
  };
}
