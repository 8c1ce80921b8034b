// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ILossPools} from "contracts/clearing/ILossPools.sol";
import {ReductionClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {ICollateralVault} from "contracts/solvency/ICollateralVault.sol";
import {GateFixture} from "../../helpers/GateFixture.sol";

/// HIGH by the letter of roles.md ("What customers paid in by proof is kept from the venue, less and less, for a week"):
/// an account that the venue made up this minute withdraws settling lots by proof: these go first.
contract SettlingLotsOpenTest is GateFixture {
    uint256 private constant FAKE = 7_777;
    int64 private constant LOTS = 5_000;

    function _withdrawing(uint256 accountId, address owner) private returns (TransferClaim memory claim_) {
        bytes32 purpose = keccak256(abi.encode(bytes32("withdraw"), owner));
        claim_ = keptClaim(TransferTerms(accountId, next(accountId), 0, 0, 0, -LOTS, false, purpose));
        attest(accountId, claim_.newA, 0);
    }

    function test_TheVenueHasAProvenPaymentInAnHour() public {
        fund(BOB_OWNER, address(desk), uint256(uint64(LOTS)) * UNITS);
        bytes32 purpose = keccak256(abi.encode(bytes32("deposit"), BOB_OWNER));
        TransferClaim memory claim_ = keptClaim(TransferTerms(BOB, next(BOB), 0, 0, 0, LOTS, false, purpose));
        vm.prank(BOB_OWNER);
        desk.deposit(claim_);
        bytes memory none = abi.encodeWithSelector(ICollateralVault.NotEnoughLots.selector, SETTLEMENT, 1, 0);
        vm.prank(VENUE);
        vm.expectRevert(none);
        vault.requestWithdrawal(SETTLEMENT, 1, VENUE); // "kept from the venue"
        register(FAKE, VENUE, false); // 10,000 lots, by its word
        advance(1);
        claim_ = _withdrawing(FAKE, VENUE);
        vm.prank(VENUE);
        uint256 id = desk.withdraw(claim_, VENUE);
        claim_ = _withdrawing(BOB, BOB_OWNER);
        vm.prank(BOB_OWNER);
        vm.expectRevert(
            abi.encodeWithSelector(ICollateralVault.NotEnoughLots.selector, SETTLEMENT, uint256(uint64(LOTS)), 0)
        );
        desk.withdraw(claim_, BOB_OWNER);
        vm.warp(block.timestamp + 1 hours);
        vault.completeWithdrawal(id);
        vm.assertEq(token.balanceOf(VENUE), uint256(uint64(LOTS)) * UNITS, "BOB's payment of an hour ago");
    }

    /// Venue, operator and a depositor of the fund: FAKE pays the house 5,000 made-up lots in a trade, for nothing (only
    /// what the house LOSES is bounded), and the house gives them back: BOB's payment, to the fund, in one block.
    function test_TheHouseReleasesAProvenPaymentInABlock() public {
        address friend = address(0xf41e4d);
        fund(friend, address(house), 1_000 * UNITS);
        vm.prank(friend);
        house.deposit(ILossPools.Pool.InsuranceFund, 1_000 * UNITS); // all of its shares
        fund(BOB_OWNER, address(desk), uint256(uint64(LOTS)) * UNITS);
        bytes32 purpose = keccak256(abi.encode(bytes32("deposit"), BOB_OWNER));
        TransferClaim memory claim_ = keptClaim(TransferTerms(BOB, next(BOB), 0, 0, 0, LOTS, false, purpose));
        vm.prank(BOB_OWNER);
        desk.deposit(claim_);
        register(FAKE, VENUE, false);
        uint256 start = block.timestamp;
        purpose = keccak256(abi.encode(bytes32("house")));
        claim_ = transferClaim(TransferTerms(HOUSE, next(HOUSE), FAKE, next(FAKE), LOTS, 0, false, purpose));
        ReductionClaim memory reduction = reductionClaim(HOUSE, claim_.newA, MAX_PENALTY);
        vm.prank(OPERATOR);
        accounts.trade(claim_, reduction);
        purpose = keccak256(abi.encode(bytes32("release")));
        claim_ = keptClaim(TransferTerms(HOUSE, next(HOUSE), 0, 0, 0, -LOTS, false, purpose));
        attest(HOUSE, claim_.newA, 0);
        vm.prank(OPERATOR);
        house.release(uint64(LOTS), claim_);
        vm.assertEq(block.timestamp, start, "in one block");
        vm.assertEq(insurance(), (1_000 + uint256(uint64(LOTS))) * UNITS, "the fund's, where friends have the shares");
        vm.assertEq(vault.lotsHeld(SETTLEMENT), 0, "BOB's payment of a second ago");
        claim_ = _withdrawing(BOB, BOB_OWNER);
        vm.prank(BOB_OWNER);
        vm.expectRevert(
            abi.encodeWithSelector(ICollateralVault.NotEnoughLots.selector, SETTLEMENT, uint256(uint64(LOTS)), 0)
        );
        desk.withdraw(claim_, BOB_OWNER);
    }
}
