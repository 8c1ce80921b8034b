// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {GateFixture} from "./helpers/GateFixture.sol";
import {OracleFixture} from "./helpers/OracleFixture.sol";
import {SolvencyFixture} from "./helpers/SolvencyFixture.sol";
import {Base} from "./helpers/Vm.sol";

/// Every contract is far enough below the limit of a contract's code that it can still be mended.
abstract contract Sizes is Base {
    /// EIP-170.
    uint256 private constant LIMIT = 24_576;
    uint256 private constant SPARE = 1_500;

    function _requireSpare(string memory name, address deployed) internal view {
        uint256 size = deployed.code.length;
        vm.assertTrue(size > 100, string.concat(name, " is deployed"));
        vm.assertTrue(size + SPARE <= LIMIT, string.concat(name, " has less than 1,500 bytes spare"));
    }
}

contract LiquidationSizesTest is Sizes, GateFixture {
    function test_LeaveRoom() public view {
        _requireSpare("LiquidationEngine", address(engine));
        _requireSpare("ChallengeBook", address(challenges));
        _requireSpare("SealedAuction", address(auction));
        _requireSpare("PortfolioSale", address(sale));
        _requireSpare("ClearingHouse", address(house));
        _requireSpare("Deleveraging", house.deleveraging());
        _requireSpare("HouseAccounts", house.accounts());
        _requireSpare("FactChecker", address(engine.facts()));
        _requireSpare("PortfolioLedger", address(ledger));
        _requireSpare("CollateralVault", address(vault));
        _requireSpare("AnchorBook", address(anchors));
        _requireSpare("AccountDesk", address(desk));
        _requireSpare("ExitDesk", address(exits));
        _requireSpare("MarketClock", address(clock));
        _requireSpare("CoverageRegistry", address(registry));
        _requireSpare("SnapshotOracle", address(oracle));
        _requireSpare("TablePointBuilder", address(builder));
        _requireSpare("DeliveryBook", address(oracle.deliveries()));
        _requireSpare("VerifierRegistry", address(verifiers));
        bytes32[7] memory circuits = [
            circuitId,
            equityCircuit,
            reductionCircuit,
            transferCircuit,
            deleverageCircuit,
            membershipCircuit,
            emptyCircuit
        ];
        for (uint256 i = 0; i < 7; ++i) _requireSpare("a verifier", verifiers.verifierOf(circuits[i]));
    }
}

contract SolvencySizesTest is Sizes, SolvencyFixture {
    function test_LeaveRoom() public view {
        _requireSpare("SolvencyRegistry", address(solvency));
        _requireSpare("SolvencyVerifier", address(batchVerifier));
        _requireSpare("ReportVerifier", address(reportVerifier));
    }
}

contract OracleSizesTest is Sizes, OracleFixture {
    function test_LeaveRoom() public view {
        _requireSpare("VolatilityOracle", address(feed));
    }
}
