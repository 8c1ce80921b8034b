// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {ClearingHouse} from "contracts/clearing/ClearingHouse.sol";
import {IClearingHouse} from "contracts/clearing/IClearingHouse.sol";
import {ILossPools} from "contracts/clearing/ILossPools.sol";
import {EquityClaim, ReductionClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {PortfolioLedger} from "contracts/liquidation/PortfolioLedger.sol";
import {IGoverned} from "contracts/shared/IGoverned.sol";
import {CollateralVault} from "contracts/solvency/CollateralVault.sol";
import {ICollateralVault} from "contracts/solvency/ICollateralVault.sol";
import {VerifierRegistry} from "contracts/verify/VerifierRegistry.sol";
import {ClearingHouseFixture} from "../helpers/ClearingHouseFixture.sol";

/// The clearing house: its parts, and who acts for it.
contract ClearingHouseTest is ClearingHouseFixture {
    // --- construction ---

    function test_KnowsItsParts() public view {
        vm.assertEq(house.vault(), address(vault), "vault");
        vm.assertEq(house.ledger(), address(ledger), "ledger");
        vm.assertEq(house.engine(), address(engine), "engine");
        vm.assertEq(house.registry(), address(registry), "registry");
        vm.assertEq(house.houseAccount(), HOUSE, "house");
        vm.assertEq(house.microsPerLot(), MICROS_PER_LOT, "lot");
        vm.assertEq(house.operator(), OPERATOR, "operator");
        vm.assertEq(house.owner(), OWNER, "owner");
        vm.assertEq(rounds.clearingHouse(), address(house), "rounds");
        vm.assertEq(keccak256(abi.encode(house.parameters())), keccak256(abi.encode(firstParameters())), "parameters");
        vm.assertTrue(!house.locked() && house.residual() == 0, "nothing is unsettled");
    }

    function _expectMismatch(IClearingHouse.Parts memory p) private {
        vm.expectRevert(encoded(IClearingHouse.PartsMismatch.selector));
        new ClearingHouse(OWNER, OPERATOR, p, firstParameters());
    }

    function test_RefusesPartsThatDoNotBelongTogether() public {
        // The fixture's own parts name the fixture's own house.
        _expectMismatch(parts());
        // From here on, `next` is where the next attempt lands: a failed creation uses a nonce too.
        IClearingHouse.Parts memory p = parts();
        address next = predicted(2);
        p.vault = new CollateralVault(VENUE, vaultParts(next));
        p.ledger = new PortfolioLedger(p.vault, address(engine), address(this), verifiers, SETTLEMENT);
        _expectMismatch(p);
        next = predicted(2);
        p.vault = new CollateralVault(VENUE, vaultParts(next));
        p.ledger = new PortfolioLedger(p.vault, address(this), next, verifiers, SETTLEMENT);
        _expectMismatch(p);
        next = predicted(3);
        p.vault = new CollateralVault(VENUE, vaultParts(next));
        p.ledger = new PortfolioLedger(
            p.vault,
            address(engine),
            next,
            new VerifierRegistry(address(this), 4),
            SETTLEMENT
        );
        _expectMismatch(p);
        // Another vault than the ledger's, though it is the same venue's: they could have two venues one day.
        next = predicted(3);
        p.vault = new CollateralVault(VENUE, vaultParts(next));
        p.ledger = new PortfolioLedger(
            new CollateralVault(VENUE, vaultParts(next)),
            address(engine),
            next,
            verifiers,
            SETTLEMENT
        );
        _expectMismatch(p);
        next = predicted(2);
        p.vault = new CollateralVault(VENUE, vaultParts(address(0)));
        p.ledger = new PortfolioLedger(p.vault, address(engine), next, verifiers, SETTLEMENT);
        _expectMismatch(p);
        next = predicted(2);
        p.vault = new CollateralVault(VENUE, vaultParts(next));
        p.ledger = new PortfolioLedger(p.vault, address(engine), next, verifiers, SETTLEMENT);
        ClearingHouse built = new ClearingHouse(OWNER, OPERATOR, p, firstParameters());
        vm.assertEq(address(built), next, "and takes those that do");
    }

    function test_BoundsWhatItIsMadeOf() public {
        IClearingHouse.Parts memory p = parts();
        p.microsPerLot = 0;
        vm.expectRevert(invalidParameter("microsPerLot", 0));
        new ClearingHouse(OWNER, OPERATOR, p, firstParameters());
        p.microsPerLot = 1 << 64;
        vm.expectRevert(invalidParameter("microsPerLot", 1 << 64));
        new ClearingHouse(OWNER, OPERATOR, p, firstParameters());
        p.microsPerLot = MICROS_PER_LOT;
        p.houseAccount = 0;
        vm.expectRevert(invalidParameter("houseAccount", 0));
        new ClearingHouse(OWNER, OPERATOR, p, firstParameters());
        p.houseAccount = 1 << 253; // of the accounts that anyone opens
        vm.expectRevert(invalidParameter("houseAccount", 1 << 253));
        new ClearingHouse(OWNER, OPERATOR, p, firstParameters());
        p.houseAccount = HOUSE;
        address next = predicted(2);
        p.vault = new CollateralVault(VENUE, vaultParts(next));
        p.ledger = new PortfolioLedger(p.vault, address(engine), next, verifiers, SETTLEMENT);
        vm.expectRevert(invalidParameter("operator", 0));
        new ClearingHouse(OWNER, address(0), p, firstParameters());
    }

    function test_WithoutAnAssetThereAreNoFunds() public {
        bytes memory question = abi.encodeCall(ICollateralVault.asset, (SETTLEMENT));
        vm.mockCall(address(vault), question, abi.encode(address(0), uint96(0)));
        (uint256 insurance, uint256 gamma) = house.funds();
        vm.assertTrue(insurance == 0 && gamma == 0, "none");
        vm.expectRevert(abi.encodeWithSelector(ILossPools.NoSettlementAsset.selector, SETTLEMENT));
        house.collectForfeit(1);
    }

    // --- who acts for the house ---

    function test_OnlyTheOperatorActs() public {
        TransferClaim memory claim;
        ReductionClaim memory reduction;
        EquityClaim memory equity;
        bytes memory refused = abi.encodeWithSelector(IClearingHouse.OnlyOperator.selector, OWNER);
        expectFrom(OWNER, refused);
        house.takeOver(1, claim, equity);
        expectFrom(OWNER, refused);
        house.release(1, claim);
        expectFrom(OWNER, refused);
        accounts.trade(claim, reduction);
    }

    function test_AnotherOperatorWaits() public {
        expectFrom(OWNER, abi.encodeWithSelector(IGoverned.OnlyScheduled.selector, OWNER));
        house.setOperator(DAVE);
        bytes memory call = abi.encodeCall(house.setOperator, (DAVE));
        expectFrom(OPERATOR, abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, OPERATOR));
        house.schedule(call);
        vm.prank(OWNER);
        house.schedule(call);
        vm.warp(NOW + 2 days);
        vm.expectEmit();
        emit IClearingHouse.OperatorChanged(DAVE);
        house.execute(call);
        vm.assertEq(house.operator(), DAVE, "now");
        vm.prank(address(house));
        vm.expectRevert(invalidParameter("operator", 0));
        house.setOperator(address(0));
    }
}
