import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.springframework.messaging.converter.CompositeMessageConverter;
import org.springframework.messaging.converter.MappingJackson2MessageConverter;
import org.springframework.messaging.converter.StringMessageConverter;
import org.springframework.messaging.simp.stomp.ConnectionLostException;
import org.springframework.messaging.simp.stomp.StompCommand;
import org.springframework.messaging.simp.stomp.StompHeaders;
import org.springframework.messaging.simp.stomp.StompSession;
import org.springframework.messaging.simp.stomp.StompSession.Receiptable;
import org.springframework.messaging.simp.stomp.StompSessionHandlerAdapter;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.web.socket.WebSocketHttpHeaders;
import org.springframework.web.socket.client.standard.StandardWebSocketClient;
import org.springframework.web.socket.messaging.WebSocketStompClient;

/** Trades on the portfolio at the address given, as Fabrice does, and says what came of it. */
public class Trader extends StompSessionHandlerAdapter {

	public static void main(String[] arguments) throws Exception {
		ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
		scheduler.setDaemon(true);
		scheduler.initialize();
		WebSocketStompClient client = new WebSocketStompClient(new StandardWebSocketClient());
		client.setMessageConverter(new CompositeMessageConverter(
				List.of(new StringMessageConverter(), new MappingJackson2MessageConverter())));
		client.setTaskScheduler(scheduler);
		trade(connect(client, arguments[0]));
		System.exit(0);
	}

	private static StompSession connect(WebSocketStompClient client, String url) throws Exception {
		StompHeaders login = new StompHeaders();
		login.setLogin("fabrice");
		login.setPasscode("fab123");
		StompSession session = client.connectAsync(url, new WebSocketHttpHeaders(), login, new Trader())
				.get(10, TimeUnit.SECONDS);
		session.setAutoReceipt(true);
		return session;
	}

	private static void trade(StompSession session) throws Exception {
		Next<Quote> quote = new Next<>(Quote.class);
		Next<Position> position = new Next<>(Position.class);
		Next<String> refusal = new Next<>(String.class);
		receipt(session.subscribe("/topic/price.stock.MMM", quote));
		receipt(session.subscribe("/user/queue/position-updates", position));
		receipt(session.subscribe("/user/queue/errors", refusal));
		System.out.println("subscribed");

		System.out.println("quote " + quote.get().ticker());
		receipt(session.send("/app/trade", new Order("BUY", "MMM", 44)));
		System.out.println("bought " + position.get().shares() + " of " + position.get().company());
		session.send("/app/trade", new Order("BUY", "MMM", -1));
		System.out.println("refused: " + refusal.get());
		session.disconnect();
	}

	/** Waits until the server says that it has taken the frame. */
	private static void receipt(Receiptable frame) throws Exception {
		CompletableFuture<Void> received = new CompletableFuture<>();
		frame.addReceiptTask(() -> received.complete(null));
		frame.addReceiptLostTask(() -> received.completeExceptionally(new IllegalStateException("no receipt")));
		received.get(15, TimeUnit.SECONDS);
	}

	@Override
	public void afterConnected(StompSession session, StompHeaders connected) {
		System.out.println("connected as " + connected.getFirst("user-name") + ", STOMP " + connected.getFirst("version"));
	}

	@Override
	public void handleException(StompSession session, StompCommand command, StompHeaders headers, byte[] payload,
			Throwable exception) {
		end(exception);
	}

	@Override
	public void handleTransportError(StompSession session, Throwable exception) {
		if (!(exception instanceof ConnectionLostException)) {
			end(exception);
		}
	}

	private static void end(Throwable exception) {
		exception.printStackTrace();
		System.exit(1);
	}
}
