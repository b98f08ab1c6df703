import java.lang.reflect.Type;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.springframework.messaging.simp.stomp.StompFrameHandler;
import org.springframework.messaging.simp.stomp.StompHeaders;

/** The next message of a subscription. */
class Next<T> implements StompFrameHandler {

	private final Class<T> type;

	private final CompletableFuture<T> message = new CompletableFuture<>();

	Next(Class<T> type) {
		this.type = type;
	}

	@Override
	public Type getPayloadType(StompHeaders headers) {
		return this.type;
	}

	@Override
	public void handleFrame(StompHeaders headers, Object payload) {
		this.message.complete(this.type.cast(payload));
	}

	T get() throws Exception {
		return this.message.get(10, TimeUnit.SECONDS);
	}
}
