// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// A volatility oracle with a price a round, which can go stale. Storage as StubVolatilityOracle's.
contract RoundsOracle {
    uint32 public latestRound;
    bool public isFresh;
    mapping(uint32 round => uint256 price) private _price;

    function setFresh(bool isFresh_) external {
        isFresh = isFresh_;
    }

    function push(uint256 price) external {
        _price[++latestRound] = price;
        isFresh = true;
    }

    function largestMove(uint32 from, uint64) external view returns (uint256 ppm, uint32 rounds) {
        for (uint32 n = from + 1; n <= latestRound; ++n) {
            (uint256 a, uint256 b) = (_price[from], _price[n]);
            uint256 move = (a > b ? a - b : b - a) * 1_000_000 / a;
            if (move > ppm) ppm = move;
            ++rounds;
        }
    }
}
