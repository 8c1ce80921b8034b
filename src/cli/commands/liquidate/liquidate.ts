import { group } from "../../command.ts";
import { named } from "../../summaries.ts";
import { accounts } from "./accounts.ts";
import { anchor } from "./anchor.ts";
import { anyone } from "./anyone.ts";
import { check } from "./check.ts";
import { customer } from "./customer.ts";
import { deleverageCommand } from "./deleverage.ts";
import { expiry } from "./expiry.ts";
import { governance } from "./governance.ts";
import { houseCommands } from "./house.ts";
import { kept } from "./kept.ts";
import { liquidator } from "./liquidator.ts";
import { money } from "./money.ts";
import { openings } from "./openings.ts";
import { sale } from "./sale.ts";
import { show } from "./show.ts";
import { venue } from "./venue.ts";

const HELP = `
A case, role by role (docs/operate/liquidation.md walks through one):
  anyone       check, attest, open, challenge, settle-challenge, escalate, cure, pass-over, sweep, show-equity, lapse, buy, record-move, abandon, anchor, close-expired, after-expiry, delivered
  venue        register, update, disclose, reduce, trade, cure-by-trade, kept
  customer     lock, pay-in, pay-out, deposit-cure, open-account, close-account, reclaim-bond
  liquidator   key, bid, reveal, open-disclosure, settle, leave, reclaim
  operator     take-over, absorb, clear, deleverage, release, trade-house, open-house-account, shift-house-cash
  owner        list-liquidator, replace-guardian; guardian: pause, resume

Account files are portfolios with their salt: secret, and worth as much as the account. Every command that changes one writes
the new file before it sends anything, and never over another.`;

/** `ballast liquidate`: a case from its opening to its end, as every role. */
export const liquidate = group({
  ...named("liquidate"),
  notes: HELP,
  commands: [
    show,
    check,
    ...anyone,
    anchor,
    ...accounts,
    ...venue,
    kept,
    ...customer,
    ...expiry,
    ...openings,
    ...liquidator,
    ...sale,
    ...houseCommands,
    deleverageCommand,
    ...money,
    ...governance,
  ],
});
