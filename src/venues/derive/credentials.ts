import { isAddress } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import * as z from "zod";
import { loadVenueKey } from "../credentials.ts";

/** A wallet of Derive's and a session key that may act for it: one of its read-only scope, and nothing more. Secret. */
export interface DeriveCredentials {
  readonly wallet: `0x${string}`;
  readonly sessionKey: `0x${string}`;
}

const keyFileSchema = z.strictObject({
  wallet: z.string().refine((text) => isAddress(text)),
  sessionKey: z
    .string()
    .regex(/^0x[0-9a-fA-F]{64}$/)
    .transform((text): `0x${string}` => text as `0x${string}`),
});

/** @throws {BallastError} FILE_ERROR, INVALID_INPUT; quoting nothing of it. */
export function loadDeriveKey(path: string): DeriveCredentials {
  return loadVenueKey(path, "Derive", keyFileSchema, '{"wallet": "0x…", "sessionKey": "0x…"}');
}

/**
 * What `public/login` is asked with: the moment, signed (docs.derive.xyz, session login).
 * @param now Unix milliseconds.
 */
export async function signedLogin({ wallet, sessionKey }: DeriveCredentials, now: bigint) {
  const timestamp = now.toString();
  const signature = await privateKeyToAccount(sessionKey).signMessage({ message: timestamp });
  return { wallet, timestamp, signature };
}
