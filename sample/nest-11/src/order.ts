import { IsInt } from 'class-validator';

/** `{"shares":6}` */
export class Order {
  @IsInt()
  shares!: number;
}
