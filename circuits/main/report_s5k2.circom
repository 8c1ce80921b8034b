pragma circom 2.2.3;
// GENERATED from circuits.json by scripts/circuit-mains.ts: change that, not this.
include "solvency/report.circom";
component main {public [batches, state, tiers, currentShortfall, worstScenario, worstShortfall, cover1Scenario, cover1Shortfall, cover2Scenario, cover2Shortfall, demand, netting, zeta, context]} = SolvencyReport(5, 2);
