/** A price of one stock, as it comes to {@code /topic/price.stock.*}. */
public record Quote(String ticker, double price, long time) {
}
