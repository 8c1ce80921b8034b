// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {EquityClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {IExactTransfers} from "contracts/shared/IExactTransfers.sol";
import {ClearingHouseFixture} from "../helpers/ClearingHouseFixture.sol";
import {FalseToken, FeeToken, LyingToken, ReentrantToken} from "../helpers/Tokens.sol";

/// Settlement tokens that take fees, lie or call back.
contract ClearingHouseTokensTest is ClearingHouseFixture {
    int256 private constant LOT = int256(MICROS_PER_LOT);

    function _become(address other) private {
        vm.etch(address(token), other.code);
    }

    /// With 30 lots in the vault, 10 in the funds: neither an absorption nor a release moves anything.
    function _expectNoMoves(bytes memory into, bytes memory out) private {
        expectAbsorbRevert(-10 * LOT, 10, into);
        vm.assertTrue(assetsOf(INSURANCE) == 10 * UNITS && house.residual() == 0, "nothing drawn");
        TransferClaim memory claim = keptClaim(releaseTerms(5));
        expectFrom(OPERATOR, out);
        house.release(5, claim);
        vm.assertEq(assetsOf(INSURANCE), 10 * UNITS, "nothing released");
        vm.assertEq(ledger.commitmentOf(HOUSE), commitmentOf(HOUSE, 0), "the house is as it was");
    }

    function _prepare() private {
        depositLots(30);
        fill(10 * UNITS, 0);
        attest(HOUSE, nextHouse(), 0);
    }

    function test_RefusesATokenThatTakesAFee() public {
        _prepare();
        _become(address(new FeeToken()));
        bytes4 selector = IExactTransfers.WrongAmountMoved.selector;
        bytes memory into = abi.encodeWithSelector(selector, 10 * UNITS - 1, 10 * UNITS);
        _expectNoMoves(into, abi.encodeWithSelector(selector, 5 * UNITS - 1, 5 * UNITS));
        FeeToken(address(token)).setChargesSender(true);
        token.mint(address(house), 1);
        token.mint(address(vault), 1);
        into = abi.encodeWithSelector(selector, 10 * UNITS + 1, 10 * UNITS);
        _expectNoMoves(into, abi.encodeWithSelector(selector, 5 * UNITS + 1, 5 * UNITS));
    }

    function test_RefusesATokenThatReturnsFalse() public {
        _prepare();
        _become(address(new FalseToken()));
        bytes memory failed = abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(token));
        _expectNoMoves(failed, failed);
    }

    function test_RefusesATokenThatMovesNothing() public {
        _prepare();
        _become(address(new LyingToken()));
        bytes4 selector = IExactTransfers.WrongAmountMoved.selector;
        bytes memory into = abi.encodeWithSelector(selector, 0, 10 * UNITS);
        _expectNoMoves(into, abi.encodeWithSelector(selector, 0, 5 * UNITS));
    }

    function test_RefusesATokenThatCallsBack() public {
        _prepare();
        _become(address(new ReentrantToken()));
        bytes memory guarded = encoded(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        EquityClaim memory shown = houseEquity(-10 * LOT);
        TransferClaim memory funding = keptClaim(fundingTerms(10));
        bytes[3] memory calls = [
            abi.encodeCall(house.collectForfeit, (1)),
            abi.encodeCall(house.absorb, (shown, funding)),
            abi.encodeCall(house.deposit, (GAMMA, 1))
        ];
        for (uint256 i = 0; i < 3; ++i) {
            ReentrantToken(address(token)).attack(address(house), calls[i]);
            _expectNoMoves(guarded, guarded);
        }
    }
}
