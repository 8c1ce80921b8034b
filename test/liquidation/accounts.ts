/** The instrument id of USDC. */
export const USDC_ID = 1;
