import { Controller, Get, Inject } from '@nestjs/common';
import { NODE_OPTIONS, type NodeOptions } from './node-options.js';

/** Tells the page which node it is served by. */
@Controller('node')
export class NodeController {
  constructor(@Inject(NODE_OPTIONS) private readonly options: NodeOptions) {}

  @Get()
  node(): Pick<NodeOptions, 'name' | 'otherUrl'> {
    const { name, otherUrl } = this.options;
    return { name, otherUrl };
  }
}
