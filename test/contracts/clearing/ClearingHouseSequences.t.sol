// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ILossPools} from "contracts/clearing/ILossPools.sol";
import {ShareMath} from "contracts/clearing/ShareMath.sol";
import {EquityClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {ClearingHouseFixture} from "../helpers/ClearingHouseFixture.sol";

/// Deposits, income, losses and withdrawals in any order, with an onlooker who pays in a block before each.
contract ClearingHouseSequencesTest is ClearingHouseFixture {
    int256 private constant LOT = int256(MICROS_PER_LOT);
    address private constant EVE = address(0xe7e);
    uint256 private constant ACTIONS = 16;

    /// What came in and went out, of both pools.
    uint256 private _in;
    uint256 private _out;
    uint256 private _drawn;
    mapping(address account => uint256[] ids) private _requests;
    /// Acts that succeeded, by number.
    mapping(uint256 action => uint256 times) private _done;

    /// Nobody gains by what happens in the block of its deposit: not by income, by others' leaving, by a loss that
    /// turns out smaller. And nobody leaves with a part of what is booked.
    /// forge-config: default.fuzz.runs = 64
    function testFuzz_NoSequencePaysWhoCameLastOrSparesWhoLeaves(uint256 seed) public {
        _begin();
        _run(seed);
    }

    /// The acts above do what they say: each succeeds in some of these sequences.
    function test_EveryActOfASequenceSucceeds() public {
        _begin();
        vm.pauseGasMetering(); // all sequences together are one transaction
        uint256 state = vm.snapshotState();
        uint256 done = 0;
        for (uint256 i = 0; i < 12; ++i) {
            _run(i);
            for (uint256 action = 0; action < 9; ++action) if (_done[action] != 0) done |= 1 << action;
            vm.revertToState(state);
        }
        vm.assertEq(done, 0x1ff, "all nine");
    }

    /// With the shortest times that there are, so that much happens before the proofs' deadline.
    function _begin() private {
        vm.prank(address(house));
        house.setParameters(ILossPools.Parameters(1 hours, GAMMA_SHARE, MAX_PENALTY, 1 days, DAILY_CAP));
        deposit(CAROL, INSURANCE, 1_000 * UNITS);
        deposit(DAVE, GAMMA, 1_000 * UNITS);
        _in = 2_000 * UNITS;
    }

    function _run(uint256 seed) private {
        for (uint256 i = 0; i < ACTIONS; ++i) {
            uint256 next = uint256(keccak256(abi.encode(seed, i)));
            uint256 action = _actionOf(next);
            if (action == 3 || action == 4) _comeToTime(_accountOf(next));
            _lookOn(next, uint256(keccak256(abi.encode(next))));
            _act(next);
            _check();
        }
    }

    /// Eve pays in, the next action and two more happen in the same block, and she asks for her money: as if it had not
    /// been.
    function _lookOn(uint256 seed, uint256 stake) private {
        uint256 state = vm.snapshotState();
        ILossPools.Pool pool = _poolOf(stake);
        uint256 amount = 1 + ((stake >> 8) % (1_000_000 * UNITS));
        give(EVE, amount);
        vm.prank(EVE);
        try house.deposit(pool, amount) returns (uint256 shares) {
            uint256 time = block.timestamp;
            for (uint256 i = 0; i < 3; ++i) {
                _act(seed & ~uint256(0xff) | _inOneBlock(seed)); // the same, without a wait
                seed = uint256(keccak256(abi.encode(seed, i)));
            }
            vm.assertEq(block.timestamp, time, "one block");
            if (house.sharesOf(pool, EVE) == shares) {
                uint256 worth = house.worthOf(pool, shares);
                vm.assertLe(worth, amount, "worth no more than she paid");
                // What a booked loss may leave over vests, as income does: her part of that, after days, and no more.
                ILossPools.PoolState memory now_ = house.poolOf(pool);
                uint256 whole = ShareMath.worth(
                    shares,
                    ShareMath.free(now_.assets, now_.unvested, 0),
                    now_.shares
                );
                uint256 reserved = (now_.reserved * shares + now_.shares - 1) / now_.shares;
                vm.assertLe(whole, worth + reserved, "what is reserved is all that may come back");
                uint256 id = request(EVE, pool, shares);
                vm.assertEq(house.withdrawalOf(id).most, whole, "nor ever paid more");
            }
        } catch (bytes memory reason) {
            vm.assertEq(bytes32(reason), bytes32(ILossPools.NoShares.selector), "too little for a share");
        }
        vm.revertToState(state);
    }

    function _inOneBlock(uint256 seed) private pure returns (uint256) {
        uint256 action = seed & 0xff;
        return action % 9 == 8 ? 6 : action;
    }

    function _act(uint256 seed) private {
        uint256 action = _actionOf(seed);
        uint256 amount = 1 + ((seed >> 8) % (1_000 * UNITS));
        address account = _accountOf(seed);
        ILossPools.Pool pool = _poolOf(seed >> 136);
        if (action == 0) _collect(seed >> 144, amount);
        if (action == 1) _deposit(account, pool, amount);
        if (action == 2) _ask(account, pool, amount * 1e9);
        if (action == 3) _leave(account);
        if (action == 4) _takeBack(account);
        if (action == 5) _absorb(amount / UNITS + 1, (seed >> 144) % 3);
        if (action == 6) _clear();
        if (action == 7) _takeOver((seed >> 144) % 100);
        if (action == 8) _wait(1 + ((seed >> 144) % 4 days));
        if (action != 2 && action != 3 && action != 4) ++_done[action];
    }

    function _actionOf(uint256 seed) private pure returns (uint256) {
        return (seed & 0xff) % 9;
    }

    function _accountOf(uint256 seed) private pure returns (address) {
        return (seed >> 128) % 2 == 0 ? CAROL : DAVE;
    }

    /// Waits until the account's latest request can be paid, or longer.
    function _comeToTime(address account) private {
        uint256 count = _requests[account].length;
        if (count == 0) return;
        uint256 readyAt = house.withdrawalOf(_requests[account][count - 1]).readyAt;
        if (readyAt > block.timestamp) _wait(readyAt - block.timestamp + 2 days * (count % 2));
    }

    /// Not beyond the deadline of this fixture's proofs.
    function _wait(uint256 seconds_) private {
        uint256 left = DEADLINE - block.timestamp - 1;
        advance(uint64(seconds_ < left ? seconds_ : left));
    }

    function _poolOf(uint256 seed) private pure returns (ILossPools.Pool) {
        return seed % 2 == 0 ? INSURANCE : GAMMA;
    }

    function _collect(uint256 how, uint256 amount) private {
        give(address(this), amount);
        if (how % 3 == 0) house.collectFee(amount);
        if (how % 3 == 1) house.collectTax(amount);
        if (how % 3 == 2) house.collectForfeit(amount);
        _in += amount;
    }

    function _deposit(address account, ILossPools.Pool pool, uint256 amount) private {
        give(account, amount);
        vm.prank(account);
        try house.deposit(pool, amount) {
            _in += amount;
        } catch (bytes memory reason) {
            vm.assertEq(bytes32(reason), bytes32(ILossPools.NoShares.selector), "too little for a share");
        }
    }

    function _ask(address account, ILossPools.Pool pool, uint256 shares) private {
        uint256 held = house.sharesOf(pool, account);
        if (held == 0) return;
        _requests[account].push(request(account, pool, 1 + (shares % held)));
        ++_done[2];
    }

    function _leave(address account) private {
        uint256 count = _requests[account].length;
        if (count == 0) return;
        uint256 id = _requests[account][count - 1];
        ILossPools.Withdrawal memory waiting = house.withdrawalOf(id);
        ILossPools.PoolState memory pool = house.poolOf(waiting.pool);
        bool isOfToday = waiting.epoch == pool.epoch && waiting.shares != 0;
        vm.prank(account);
        try house.withdraw(id, account) returns (uint256 amount) {
            _out += amount;
            ++_done[3];
            vm.assertTrue(isOfToday, "a share of the present pool");
            // Its part of the loss stays, to the unit.
            vm.assertLe(amount * pool.shares, (pool.assets - pool.reserved) * waiting.shares, "nobody leaves whole");
        } catch {
            return;
        }
    }

    function _takeBack(address account) private {
        uint256 count = _requests[account].length;
        if (count == 0) return;
        vm.prank(account);
        try house.cancelWithdrawal(_requests[account][count - 1]) returns (uint256) {
            ++_done[4];
        } catch (bytes memory reason) {
            vm.assertEq(bytes32(bytes4(reason)), bytes32(ILossPools.UnknownWithdrawal.selector), "paid before");
        }
        _requests[account].pop();
    }

    function _absorb(uint256 lots, uint256 part) private {
        (uint256 ofInsurance, uint256 ofGamma) = drawable(lots);
        uint256 drawn = ((ofInsurance + ofGamma) * part) / 2;
        absorb(-int256(lots) * LOT, int64(uint64(drawn)));
        _drawn += drawn * UNITS;
    }

    function _clear() private {
        house.clearResidual(houseEquity(0));
        insure(address(house), INSURED);
    }

    function _takeOver(uint256 lots) private {
        engine.setPendingTakeovers(1);
        TransferTerms memory terms = takeOverTerms(ALICE);
        terms.newA = commitmentOf(ALICE, ledger.account(ALICE).nonce + 1);
        TransferClaim memory claim = transferClaim(terms);
        EquityClaim memory equity = equityClaim(ALICE, 4, -int256(lots) * LOT);
        vm.prank(OPERATOR);
        house.takeOver(1, claim, equity);
        insure(address(house), INSURED);
    }

    function _check() private view {
        vm.assertEq(assetsOf(INSURANCE) + assetsOf(GAMMA), _in - _out - _drawn, "deposits + income - paid - drawn");
        assertConserved();
        _checkPool(INSURANCE);
        _checkPool(GAMMA);
    }

    function _checkPool(ILossPools.Pool which) private view {
        ILossPools.PoolState memory pool = house.poolOf(which);
        vm.assertLe(pool.reserved, pool.assets, "reserved is there");
        uint256 all = house.worthOf(which, pool.shares);
        vm.assertLe(all, ShareMath.free(pool.assets, pool.unvested, pool.reserved), "all together");
        vm.assertEq(pool.reserved % UNITS, 0, "whole lots");
    }
}
