/*
 * How much can be made up. A repo is judged by it before anything is made, and the program that
 * makes it up holds to the same.
 */

/** Ids have as many digits, so that their order is that of the customers. */
export const MAX_CUSTOMERS = 100_000;

/** Half as many rows, of some hundred bytes in memory each. */
export const MAX_CUSTOMER_DAYS = 2_000_000;
