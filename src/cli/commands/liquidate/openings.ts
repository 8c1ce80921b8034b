import { closeOwnAccount, ownAccountId, reclaimOwnBond } from "../../../actions/liquidation/open-account.ts";
import { openInFile } from "../../../actions/node/open-in-file.ts";
import { accountHex, accountText } from "../../../liquidation/account.ts";
import { liquidationCircuits } from "../../../liquidation/circuits.ts";
import { formatField } from "../../../math/field.ts";
import { backend, circuit, output, validFor } from "../../flags.ts";
import { defaulted, needed } from "../../input.ts";
import { sendingCommand } from "../../liquidation/kinds.ts";
import { addressOf, parseUnits } from "../../options.ts";

const n = defaulted("--n <n>", "which of your own accounts: any number", "0", parseUnits);
const to = needed("--to <address>", "who gets the bond", addressOf);

const openAccount = sendingCommand({
  name: "open-account",
  summary: "open an empty account of your own, for a portfolio that fills all slots",
  who: "who pays the bond and owns the account",
  flags: {
    n,
    output: output("where the account with its salt goes"),
    circuit,
    backend,
    validFor: validFor("how long the proof holds", "3000"),
  },
  notes: `
Anyone may. The account's id follows from your address and --n. Nobody asks about it, and no run counts it, until a transfer fills
it: buy or settle into it, or pay cash in. The bond, as much as a challenge's, is approved here; reclaim-bond or close-account
bring it back. Who has the file can fill the account.`,
  examples: ["ballast liquidate open-account -o fresh.json"],
  async act(session, { n, output: file, circuit, backend, validFor }) {
    const options = { n, output: file, circuits: liquidationCircuits(circuit), backend, validFor };
    const { account, commitment, receipt } = await openInFile(session, options);
    const accountId = accountHex(account.accountId);
    return {
      result: { accountId, commitment: formatField(commitment), file },
      receipt,
      text: `account ${accountText(account.accountId)} is open, and yours`,
    };
  },
});

const closeAccount = sendingCommand({
  name: "close-account",
  summary: "close an account that you opened and never filled: its bond comes back",
  who: "who opened it, and still owns it",
  flags: { n, to },
  examples: ["ballast liquidate close-account --n 0 --to ADDRESS"],
  async act(session, { n, to }) {
    const accountId = ownAccountId(session, n);
    const receipt = await closeOwnAccount(session, n, to);
    const text = `account ${accountText(accountId)} is closed: its bond is ${to}'s`;
    return { result: { accountId: accountHex(accountId), to }, receipt, text };
  },
});

const reclaimBond = sendingCommand({
  name: "reclaim-bond",
  summary: "take back the bond of an account that you opened and that was filled",
  who: "who opened it",
  flags: { n, to },
  examples: ["ballast liquidate reclaim-bond --n 0 --to ADDRESS"],
  async act(session, { n, to }) {
    const accountId = ownAccountId(session, n);
    const receipt = await reclaimOwnBond(session, n, to);
    const text = `the bond of account ${accountText(accountId)} is ${to}'s`;
    return { result: { accountId: accountHex(accountId), to }, receipt, text };
  },
});

export const openings = [openAccount, closeAccount, reclaimBond];
