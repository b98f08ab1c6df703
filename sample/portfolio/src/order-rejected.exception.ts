/** Why an order was not executed, in words for whom it came from. */
export class OrderRejectedException extends Error {}
