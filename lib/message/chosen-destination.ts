/**
 * Set to true on a message without session whose destination holds what a client wrote, and what some brokers read as
 * several destinations, as wildcards or as options: such a broker does not get it.
 */
export const CHOSEN_DESTINATION = 'simpChosenDestination';
