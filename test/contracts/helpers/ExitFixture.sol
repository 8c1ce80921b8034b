// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IExitDesk} from "contracts/exit/IExitDesk.sol";
import {ILossPools} from "contracts/clearing/ILossPools.sol";
import {EquityClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {ISnapshotOracle} from "contracts/snapshot/ISnapshotOracle.sol";
import {GateFixture} from "./GateFixture.sol";
import {Token} from "./Tokens.sol";

/// A venue with two collateral assets, and what it takes to leave it. The table's first rows are the collateral's: a lot
/// of the settlement asset is worth `MICROS_PER_LOT`, one of the other `COIN_MARK`.
abstract contract ExitFixture is GateFixture {
    uint32 internal constant COIN = 2;
    uint256 internal constant COIN_MARK = 70_000;
    uint96 internal constant COIN_UNITS = 100;
    address internal constant PAYEE = address(0x9a1ee);
    address internal constant BOBS_PAYEE = address(0xb0b9a1);
    address internal constant LP = address(0x11b);

    Token internal coin;

    function setUp() public virtual override {
        super.setUp();
        coin = new Token();
        vm.prank(VENUE);
        vault.addAsset(COIN, address(coin), COIN_UNITS);
    }

    /// Row n of the table: both assets, then ids 30, 40, ...
    function tableRow(uint256 n) internal pure override returns (uint256[] memory row) {
        row = super.tableRow(n);
        if (n == 0) (row[0], row[6]) = (packed(int256(MICROS_PER_LOT), -3, 2), SETTLEMENT);
        if (n == 1) (row[0], row[6]) = (packed(int256(COIN_MARK), 5, -1), COIN);
    }

    /// Deposits lots of the second asset, without any account having them.
    function depositCoins(uint256 lots) internal {
        coin.mint(address(this), lots * COIN_UNITS);
        coin.approve(address(vault), lots * COIN_UNITS);
        vault.deposit(COIN, lots);
    }

    /// The clearing house deposits lots: they are fenced.
    function depositFenced(uint256 lots) internal {
        mintLots(address(house), lots);
        vm.startPrank(address(house));
        token.approve(address(vault), lots * UNITS);
        vault.deposit(SETTLEMENT, lots);
        vm.stopPrank();
    }

    /// Nobody hears of the venue any more, and somebody stops it.
    function stopVenue() internal {
        vm.warp(exits.aliveUntil() + 1);
        vm.prank(STRANGER);
        exits.stop();
    }

    /// A snapshot of after the stop enters, and the exit goes by it.
    function fixNext() internal {
        advance(1);
        exits.fix(clock.length());
    }

    /// Somebody reads all rows of the exit's snapshot.
    function readMarks() internal {
        ISnapshotOracle.Header memory h = header(oracle.snapshotTime(exits.exitSnapshot()));
        exits.readRows(0, rows(0, REAL_ROWS));
        exits.finishRows(h, keccak256(abi.encodePacked(policyElements())));
    }

    /// Rows of the table, one after the other.
    function rows(uint256 from, uint256 to) internal pure returns (uint256[] memory elements) {
        elements = new uint256[]((to - from) * WIDTH);
        for (uint256 n = from; n < to; ++n) {
            uint256[] memory row = tableRow(n);
            for (uint256 e = 0; e < WIDTH; ++e) elements[(n - from) * WIDTH + e] = row[e];
        }
    }

    /// An account's equity in the exit's snapshot.
    function exitEquity(uint256 accountId, int256 equity) internal view returns (EquityClaim memory) {
        return equityClaim(exits.exitSnapshot(), accountId, ledger.commitmentOf(accountId), 0, equity);
    }

    function claimExit(uint256 accountId, int256 equity, address to) internal {
        EquityClaim memory shown = exitEquity(accountId, equity);
        vm.prank(ledger.ownerOf(accountId));
        exits.claim(shown, to);
    }

    /// A claim that is refused, by the account's owner.
    function expectNoClaim(uint256 accountId, int256 equity, bytes memory refused) internal {
        EquityClaim memory shown = exitEquity(accountId, equity);
        vm.prank(ledger.ownerOf(accountId));
        vm.expectRevert(refused);
        exits.claim(shown, PAYEE);
    }

    function endClaims() internal {
        vm.warp(exits.claimsUntil() + 1);
    }

    function take(uint256 accountId, uint32 instrumentId) internal returns (uint256 lots) {
        exits.take(accountId, instrumentId);
        return exits.partOf(accountId, instrumentId);
    }

    function expectNothingToTake(uint256 accountId, uint32 instrumentId) internal {
        vm.expectRevert(abi.encodeWithSelector(IExitDesk.NothingToTake.selector, accountId, instrumentId));
        exits.take(accountId, instrumentId);
    }

    /// The insurance fund's depositor.
    function fundInsurance(uint256 lots) internal {
        fund(LP, address(house), lots * UNITS);
        vm.prank(LP);
        house.deposit(ILossPools.Pool.InsuranceFund, lots * UNITS);
    }

    /// Draws lots of the insurance fund for the house, which lacks them.
    function absorb(uint256 lots) internal {
        insure(address(house), lots);
        bytes32 purpose = keccak256(abi.encode(bytes32("absorb"), snapshotId));
        TransferClaim memory funding = keptClaim(
            TransferTerms(HOUSE, next(HOUSE), 0, 0, 0, int64(uint64(lots)), false, purpose)
        );
        house.absorb(equityClaim(HOUSE, 4, -lotsOf(lots)), funding);
    }
}
