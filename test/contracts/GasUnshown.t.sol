// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {GasMeter} from "./helpers/GasMeter.sol";
import {UnshownFixture} from "./helpers/UnshownFixture.sol";

/// What an award costs that shows no equity, beside the one that does (Gas.t.sol).
contract GasUnshownTest is UnshownFixture, GasMeter {
    /// forge-config: default.isolate = true
    function test_GasOfAnAwardThatShowsNoEquity() public {
        bid(0, 500);
        TransferClaim memory claim = taking(0, 500);
        bytes memory data = abi.encodeCall(
            auction.settleUnshown,
            (caseId, claim, ceilingClaim(auction.ceilingOf(caseId, 500)))
        );
        string memory name = "26 settle an award without showing the equity, two proofs";
        measure("liquidation", name, liquidator(0), address(auction), data, 1);
    }
}
