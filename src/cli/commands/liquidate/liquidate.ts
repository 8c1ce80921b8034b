import type { Register } from "../../program.ts";
import { registerAccounts } from "./accounts.ts";
import { registerAnyone } from "./anyone.ts";
import { registerCustomer } from "./customer.ts";
import { registerDeleverage } from "./deleverage.ts";
import { registerGovernance } from "./governance.ts";
import { registerHouse } from "./house.ts";
import { registerKept } from "./kept.ts";
import { registerLiquidator } from "./liquidator.ts";
import { registerMoney } from "./money.ts";
import { registerSale } from "./sale.ts";
import { registerShow } from "./show.ts";
import { registerVenue } from "./venue.ts";

const HELP = `
A case, role by role (docs/operate/liquidation.md walks through one):
  anyone       attest, open, challenge, settle-challenge, escalate, cure, pass-over, sweep, lapse, abandon, open-sale, buy
  venue        register, update, disclose, reduce, trade, cure-by-trade, kept
  customer     lock, deposit-cure
  liquidator   key, bid, reveal, open-disclosure, settle, reclaim
  operator     take-over, absorb, clear, deleverage, release, trade-house
  owner        list-liquidator; guardian: pause, resume

Account files are portfolios with their salt: secret, and worth as much as the account. Every command that changes one writes
the new file before it sends anything, and never over another.`;

/** `ballast liquidate`: a case from its opening to its end, as every role. */
export const liquidate: Register = (program, run) => {
  const group = program
    .command("liquidate")
    .description("drive liquidation cases: as anyone, venue, customer, liquidator, clearing house")
    .addHelpText("after", HELP);
  registerShow(group, run);
  registerAnyone(group, run);
  registerAccounts(group, run);
  registerVenue(group, run);
  registerKept(group, run);
  registerCustomer(group, run);
  registerLiquidator(group, run);
  registerSale(group, run);
  registerHouse(group, run);
  registerDeleverage(group, run);
  registerMoney(group, run);
  registerGovernance(group, run);
};
