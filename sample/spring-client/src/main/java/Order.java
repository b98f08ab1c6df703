/** What goes to {@code /app/trade}. */
public record Order(String action, String ticker, int shares) {
}
