/** Names the node that a message among nodes comes from. No client may send it, and no client gets what has it. */
export const NODE_HEADER = 'stomp-node';
