/** Rules that RabbitMQ breaks for the clients that have a connection of their own to it, each with what it does. */
export const RABBITMQ_BREAKS: Readonly<Record<string, string>> = {
  H7: 'RabbitMQ unescapes the headers of a 1.0 connection',
};
