// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20, SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ERC4626} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ICoverageRegistry} from "../coverage/ICoverageRegistry.sol";
import {IPortfolioLedger} from "../liquidation/IPortfolioLedger.sol";
import {CoverageGate} from "./CoverageGate.sol";

/// @title An example: a pool that lends to accounts while they are proven healthy
/// @author Ballast
/// @notice Depositors hold ERC-4626 shares. The pool's owner grants lines; the owner of an account draws on its line
/// while the account is attested in tier 0. Where the attestation lapses, anybody marks the loan: it counts for
/// nothing in the shares' price, and nobody deposits, until it is paid, proven again, or written off.
/// @dev ASSUMES that the token moves what it says, no more and no less. The book stays at the venue: a lapsed loan is
/// due, but there is nothing here to seize. Until somebody marks a lapse, shares are redeemed at the price of before.
contract CoveredPool is ERC4626, Ownable2Step, CoverageGate {
    using Math for uint256;
    using SafeERC20 for IERC20;

    /// @notice A loan counts; has lapsed and may come back; or is given up, and what is paid of it is a gain.
    enum State {
        Counts,
        Lapsed,
        WrittenOff
    }

    /// @notice A line of credit: the most that may be owed, and what is, as a multiple of the index of interest.
    struct Line {
        uint128 limit;
        State state;
        uint64 lapsedAt;
        uint256 scaled;
    }

    /// @notice The owner granted a line, or changed its limit.
    /// @param accountId the account.
    /// @param limit the most that it may owe.
    event LineSet(uint256 indexed accountId, uint256 limit);

    /// @notice An account's owner drew on its line.
    /// @param accountId the account.
    /// @param to who got it.
    /// @param amount base units of the asset.
    event Drawn(uint256 indexed accountId, address indexed to, uint256 amount);

    /// @notice Somebody paid an account's debt back, in part or whole.
    /// @param accountId the account.
    /// @param amount base units of the asset.
    event Repaid(uint256 indexed accountId, uint256 amount);

    /// @notice An account with debt is not proven healthy any more.
    /// @param accountId the account.
    /// @param debt what it owes.
    event Lapsed(uint256 indexed accountId, uint256 debt);

    /// @notice An account with debt is proven healthy again.
    /// @param accountId the account.
    /// @param debt what it owes.
    event Restored(uint256 indexed accountId, uint256 debt);

    /// @notice A lapsed loan is lost to the depositors; what is paid of it later is theirs.
    /// @param accountId the account.
    /// @param debt what it owes.
    event WrittenOff(uint256 indexed accountId, uint256 debt);

    /// @notice The sender doesn't act for this account.
    error NotYourAccount(uint256 accountId);

    /// @notice The line has less left.
    error BeyondLimit(uint256 accountId, uint256 debt, uint256 limit);

    /// @notice The loan has lapsed: have the account attested and call `restore`, or pay.
    error LoanLapsed(uint256 accountId);

    /// @notice The account owes nothing, is proven healthy, or is marked already.
    error NothingToMark(uint256 accountId);

    /// @notice A loan is written off once it has lapsed for `cureTime`.
    error NotYet(uint256 accountId, uint256 from);

    /// @notice The rate is at most 100 % a year, the cure time an hour to 90 days.
    error InvalidTerms(uint256 rate, uint64 cureTime);

    uint256 private constant INDEX_ONE = 1e27;
    uint256 private constant PPM = 1e6;

    /// @notice How old the market of an attestation may be, in seconds.
    uint64 public immutable maxAge;

    /// @notice How long a loan may be lapsed before it is written off, in seconds.
    uint64 public immutable cureTime;

    /// @notice Interest a year of 365 days, in ppm, compounded at each change.
    uint256 public immutable rate;

    /// @notice Lines by account.
    mapping(uint256 accountId => Line) public lineOf;

    uint256 private _index = INDEX_ONE;
    uint64 private _indexAt = uint64(block.timestamp);
    /// Scaled debt of all loans that count, and of those that have lapsed.
    uint256 private _scaled;
    uint256 private _lapsed;

    constructor(
        IERC20 asset_,
        IPortfolioLedger ledger_,
        ICoverageRegistry coverage_,
        uint64 maxAge_,
        uint64 cureTime_,
        uint256 rate_
    )
        ERC4626(asset_)
        ERC20("Ballast covered pool", "bPOOL")
        Ownable(msg.sender)
        CoverageGate(ledger_, coverage_)
    {
        if (rate_ > PPM || cureTime_ < 1 hours || cureTime_ > 90 days) revert InvalidTerms(rate_, cureTime_);
        maxAge = maxAge_;
        cureTime = cureTime_;
        rate = rate_;
    }

    // --- what the owner and borrowers do ---

    /// @notice Grants a line, or changes its limit; what is drawn stays.
    /// @param accountId the account.
    /// @param limit the most that it may owe, interest included.
    function setLine(uint256 accountId, uint128 limit) external onlyOwner {
        lineOf[accountId].limit = limit;
        emit LineSet(accountId, limit);
    }

    /// @notice Draws on an account's line: only the account's owner, and only while it is proven healthy.
    /// @param accountId the account.
    /// @param amount how much more.
    /// @param to who gets it.
    function draw(uint256 accountId, uint256 amount, address to) external onlyCovered(accountId, 0, maxAge) {
        if (ledger.ownerOf(accountId) != msg.sender) revert NotYourAccount(accountId);
        Line storage line = lineOf[accountId];
        if (line.state != State.Counts) revert LoanLapsed(accountId);
        uint256 index_ = _accrue();
        uint256 scaled = amount.mulDiv(INDEX_ONE, index_, Math.Rounding.Ceil);
        line.scaled += scaled;
        _scaled += scaled;
        uint256 debt = _debt(line.scaled, index_);
        if (debt > line.limit) revert BeyondLimit(accountId, debt, line.limit);
        emit Drawn(accountId, to, amount);
        IERC20(asset()).safeTransfer(to, amount);
    }

    /// @notice Pays an account's debt back; anybody may. What is more than the debt is not taken.
    /// @param accountId the account.
    /// @param amount the most to pay.
    /// @return paid what was taken.
    function repay(uint256 accountId, uint256 amount) external returns (uint256 paid) {
        Line storage line = lineOf[accountId];
        uint256 index_ = _accrue();
        uint256 debt = _debt(line.scaled, index_);
        paid = amount.min(debt);
        // First: whoever a token calls amid the transfer finds debt and shares as they were.
        IERC20(asset()).safeTransferFrom(msg.sender, address(this), paid);
        uint256 scaled = paid == debt ? line.scaled : paid.mulDiv(INDEX_ONE, index_);
        if (line.state == State.Counts) _scaled -= scaled;
        else if (line.state == State.Lapsed) _lapsed -= scaled;
        line.scaled -= scaled;
        if (line.scaled == 0) line.state = State.Counts;
        emit Repaid(accountId, paid);
    }

    // --- what anybody does when a proof lapses, or is back ---

    /// @notice Marks the loan of an account that is not proven healthy: it counts for nothing from now on.
    /// @param accountId the account.
    function lapse(uint256 accountId) external {
        Line storage line = lineOf[accountId];
        bool marks = line.scaled != 0 && line.state == State.Counts && !isCovered(accountId, 0, maxAge);
        if (!marks) revert NothingToMark(accountId);
        (line.state, line.lapsedAt) = (State.Lapsed, uint64(block.timestamp));
        _scaled -= line.scaled;
        _lapsed += line.scaled;
        emit Lapsed(accountId, debtOf(accountId));
    }

    /// @notice Lets the loan of an account that is proven healthy again count.
    /// @param accountId the account.
    function restore(uint256 accountId) external onlyCovered(accountId, 0, maxAge) {
        Line storage line = lineOf[accountId];
        if (line.state != State.Lapsed) revert NothingToMark(accountId);
        line.state = State.Counts;
        _lapsed -= line.scaled;
        _scaled += line.scaled;
        emit Restored(accountId, debtOf(accountId));
    }

    /// @notice Gives a loan up that has been lapsed for `cureTime`: deposits are open again.
    /// @param accountId the account.
    function writeOff(uint256 accountId) external {
        Line storage line = lineOf[accountId];
        if (line.state != State.Lapsed) revert NothingToMark(accountId);
        uint256 from = uint256(line.lapsedAt) + cureTime;
        if (block.timestamp < from) revert NotYet(accountId, from);
        (line.state, line.limit) = (State.WrittenOff, 0);
        _lapsed -= line.scaled;
        emit WrittenOff(accountId, debtOf(accountId));
    }

    // --- what can be read ---

    /// @notice What an account owes, interest included.
    /// @param accountId the account.
    /// @return base units of the asset, rounded up.
    function debtOf(uint256 accountId) public view returns (uint256) {
        return _debt(lineOf[accountId].scaled, index());
    }

    /// @notice What a debt of 1e27 at the pool's beginning is now.
    /// @return the index of interest.
    function index() public view returns (uint256) {
        return _index + _index.mulDiv(rate * (block.timestamp - _indexAt), PPM * 365 days);
    }

    /// @notice What the shares stand for: what is here, and the loans that count.
    /// @return base units of the asset, rounded down.
    function totalAssets() public view override returns (uint256) {
        return IERC20(asset()).balanceOf(address(this)) + _scaled.mulDiv(index(), INDEX_ONE);
    }

    /// @notice Nobody deposits while a lapsed loan may come back: what comes back belongs to those who were here.
    /// @return the most that may be deposited.
    function maxDeposit(address) public view override returns (uint256) {
        return _lapsed == 0 ? type(uint256).max : 0;
    }

    /// @notice As `maxDeposit`, in shares.
    /// @return the most that may be minted.
    function maxMint(address) public view override returns (uint256) {
        return _lapsed == 0 ? type(uint256).max : 0;
    }

    /// @notice What is lent can't be withdrawn.
    /// @param holder whose shares.
    /// @return base units of the asset.
    function maxWithdraw(address holder) public view override returns (uint256) {
        return super.maxWithdraw(holder).min(IERC20(asset()).balanceOf(address(this)));
    }

    /// @notice As `maxWithdraw`, in shares.
    /// @param holder whose shares.
    /// @return the most that may be redeemed.
    function maxRedeem(address holder) public view override returns (uint256) {
        uint256 here = convertToShares(IERC20(asset()).balanceOf(address(this)));
        return super.maxRedeem(holder).min(here);
    }

    function _accrue() private returns (uint256 now_) {
        now_ = index();
        (_index, _indexAt) = (now_, uint64(block.timestamp));
    }

    function _debt(uint256 scaled, uint256 index_) private pure returns (uint256) {
        return scaled.mulDiv(index_, INDEX_ONE, Math.Rounding.Ceil);
    }
}
