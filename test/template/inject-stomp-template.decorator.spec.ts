import { Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { PublishSubscribeChannel } from '../../lib/channel/index.js';
import {
  getStompTemplateToken,
  InjectStompTemplate,
  SimpMessagingTemplate,
} from '../../lib/template/index.js';

@Injectable()
class Service {
  constructor(
    readonly unnamed: SimpMessagingTemplate,
    @InjectStompTemplate() readonly same: SimpMessagingTemplate,
    @InjectStompTemplate('second') readonly second: SimpMessagingTemplate,
  ) {}
}

it('injects templates by the name of their STOMP instance', async () => {
  const make = (): SimpMessagingTemplate =>
    new SimpMessagingTemplate({ channel: new PublishSubscribeChannel('brokerChannel') });
  const [first, second] = [make(), make()];
  const module = await Test.createTestingModule({
    providers: [
      Service,
      { provide: getStompTemplateToken(), useValue: first },
      { provide: getStompTemplateToken('second'), useValue: second },
    ],
  }).compile();
  const service = module.get(Service);
  expect(service.unnamed).toBe(first);
  expect(service.same).toBe(first);
  expect(service.second).toBe(second);
});
