import { Module } from '@nestjs/common';
import { permitAll, simpleBroker, StompModule } from 'nestjs-stomp';
import { Audience } from './audience.js';
import { PollController } from './poll.controller.js';
import { Polls } from './polls.js';

const stomp = StompModule.forRoot({
  endpoints: ['/polls'],
  applicationDestinationPrefixes: ['/app'],
  brokers: [simpleBroker({ destinations: ['/topic', '/queue'] })],
  // Voters have no accounts: the page makes itself an id and keeps it, which is good enough to count a vote once.
  authenticate: (connect) => {
    const name = connect.getLogin();
    return name ? { name } : undefined;
  },
  // What none of them names is denied: nobody sends to /topic past the handlers.
  authorization: [
    { type: 'CONNECT', access: permitAll },
    { send: '/app/**', access: permitAll },
    { subscribe: ['/app/**', '/topic/polls', '/user/queue/*'], access: permitAll },
  ],
});

@Module({
  imports: [stomp],
  controllers: [PollController],
  providers: [Polls, Audience],
})
export class AppModule {}
