/** Shares of one company in somebody's portfolio. */
public record Position(String company, String ticker, double price, int shares, long updateTime) {
}
