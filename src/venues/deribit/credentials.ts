import { createHmac, randomBytes } from "node:crypto";
import * as z from "zod";
import { loadVenueKey } from "../credentials.ts";

/** A key of Deribit's, with the scope `account:read trade:read` and nothing more. Secret. */
export interface DeribitCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

const text = z.string().regex(/^[\x21-\x7e]{1,200}$/);
const keyFileSchema = z.strictObject({ clientId: text, clientSecret: text });

/** @throws {BallastError} FILE_ERROR, INVALID_INPUT; quoting nothing of it. */
export function loadDeribitKey(path: string): DeribitCredentials {
  return loadVenueKey(path, "Deribit", keyFileSchema, '{"clientId": "…", "clientSecret": "…"}');
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
