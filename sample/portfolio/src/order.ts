import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsNotEmpty, IsString, Max, Min } from 'class-validator';

const upperCase = ({ value }: { value: unknown }) =>
  typeof value === 'string' ? value.trim().toUpperCase() : value;

/** `{"action":"BUY","ticker":"MMM","shares":44}`; action and ticker in any case. */
export class Order {
  @Transform(upperCase)
  @IsIn(['BUY', 'SELL'], { message: 'An order is to buy or to sell' })
  action!: 'BUY' | 'SELL';

  @Transform(upperCase)
  @IsString({ message: 'An order names its ticker' })
  @IsNotEmpty({ message: 'An order names its ticker' })
  ticker!: string;

  // class-validator begins at the last one.
  @Max(100_000, { message: 'An order is for 100,000 shares at most' })
  @Min(1, { message: 'An order is for one share at least' })
  @IsInt({ message: 'Shares are traded as whole numbers' })
  shares!: number;
}
