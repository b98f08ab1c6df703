export type { ClusterChannel } from './cluster-channel.js';
export { UserDestinationBroadcast } from './user-destination-broadcast.js';
export { UserRegistryBroadcast } from './user-registry-broadcast.js';
