import type { Address, TransactionReceipt } from "viem";
import type { ChainReader } from "../../chain/client.ts";
import { readDisclosures } from "../../chain/liquidation/events.ts";
import { readCaseView } from "../../chain/liquidation/read-case.ts";
import { readAccount } from "../../chain/liquidation/read-ledger.ts";
import { readDisclosureKey } from "../../chain/liquidation/read-parties.ts";
import { disclose } from "../../chain/liquidation/sale.ts";
import type { LiquidationSystem } from "../../chain/liquidation/system.ts";
import { BallastError } from "../../errors.ts";
import type { OpenAccount } from "../../liquidation/account.ts";
import { type Disclosure, openDisclosure, sealDisclosure } from "../../liquidation/disclosure.ts";
import { type LedgerContext, type LiquidationContext, sendStep } from "./context.ts";
import { caseAbout } from "./facts.ts";

/** What was shown to whom. */
export interface Disclosed {
  /** Of the case: a disclosure is for one. */
  readonly version: number;
  readonly disclosures: readonly { readonly recipient: Address; readonly receipt: TransactionReceipt }[];
}

/**
 * Shows a case's account to liquidators, encrypted to each one's key; only the venue may. It is checked against the ledger first.
 * @throws {BallastError} INVALID_INPUT for a case about another account, or a recipient without a key: then nothing was disclosed;
 *   COMMITMENT_MISMATCH; CHAIN_ERROR.
 * @example
 * ```ts
 * import { discloseTo, type LedgerContext, type OpenAccount } from "ballast/actions";
 * declare const context: LedgerContext;
 * declare const account: OpenAccount;
 * const liquidator = "0x00000000000000000000000000000000000000b1";
 * const { version } = await discloseTo(context, 3n, account, [liquidator]);
 * ```
 */
export async function discloseTo(
  context: LiquidationContext & Pick<LedgerContext, "slots">,
  caseId: bigint,
  opening: OpenAccount,
  recipients: readonly Address[],
): Promise<Disclosed> {
  const { client, system, slots } = context;
  const { chainId, auction } = system;
  const { case: found, account } = await caseAbout(context, caseId, opening);
  const { version } = found;
  const keys = [];
  for (const recipient of recipients) {
    const key = await readDisclosureKey(client, system, recipient);
    if (key === undefined) throw noKey(recipient);
    keys.push({ recipient, key });
  }
  const disclosures = [];
  for (const { recipient, key } of keys) {
    const receipt = await sendStep(context, `disclosing to ${recipient}`, async () => {
      const place = { chainId, auction, caseId, version, recipient };
      const sealed = await sealDisclosure(key, place, { ...opening, slots }, account);
      return disclose(client, system, caseId, recipient, sealed);
    });
    disclosures.push({ recipient, receipt });
  }
  return { version, disclosures };
}

function noKey(recipient: Address): BallastError {
  return new BallastError("INVALID_INPUT", `${recipient} has no disclosure key on chain.`, {
    hint: "It sets one with `ballast liquidate key publish`. Nothing was disclosed.",
    details: { recipient },
  });
}

/**
 * Opens the newest disclosure of a case's account, and checks it against the ledger.
 * @throws {BallastError} DISCLOSURE_UNREADABLE when there is none for the recipient, or it doesn't open; COMMITMENT_MISMATCH;
 *   CHAIN_ERROR.
 * @example
 * ```ts
 * import { connectReader } from "ballast";
 * import { type LiquidationSystem, readDisclosed } from "ballast/actions";
 * declare const system: LiquidationSystem;
 * declare const key: Parameters<typeof readDisclosed>[4];
 * const reader = await connectReader("http://127.0.0.1:8545");
 * const { positions } = await readDisclosed(reader, system, 3n, "0x00000000000000000000000000000000000000b1", key);
 * ```
 */
export async function readDisclosed(
  reader: ChainReader,
  system: LiquidationSystem,
  caseId: bigint,
  recipient: Address,
  key: Parameters<typeof openDisclosure>[0],
): Promise<Disclosure & { readonly version: number }> {
  const { case: found } = await readCaseView(reader, system, caseId);
  const account = await readAccount(reader, system, found.accountId);
  const [newest] = (await readDisclosures(reader, system, caseId, recipient)).slice(-1);
  if (newest === undefined)
    throw new BallastError("DISCLOSURE_UNREADABLE", `Case ${caseId} is not disclosed to ${recipient} yet.`, {
      hint: "Publish your key with `ballast liquidate key publish`, and ask the venue to disclose.",
    });
  const { chainId, auction } = system;
  const { version, ciphertext } = newest;
  const place = { chainId, auction, caseId, version, recipient };
  return { ...(await openDisclosure(key, place, ciphertext, account)), version };
}
