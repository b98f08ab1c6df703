package peer;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.simp.config.MessageBrokerRegistry;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.web.socket.config.annotation.EnableWebSocketMessageBroker;
import org.springframework.web.socket.config.annotation.StompEndpointRegistry;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;

/** Executors, limits and the registry's cache are those that Spring has by default. */
@Configuration
@EnableWebSocketMessageBroker
public class BrokerConfiguration implements WebSocketMessageBrokerConfigurer {

	private static final long HEARTBEAT_MS = 10_000;

	@Override
	public void registerStompEndpoints(StompEndpointRegistry registry) {
		registry.addEndpoint("/ws").setAllowedOriginPatterns("*");
	}

	@Override
	public void configureMessageBroker(MessageBrokerRegistry registry) {
		registry.setApplicationDestinationPrefixes("/app");
		registry
				.enableSimpleBroker("/topic", "/queue")
				.setTaskScheduler(heartbeats())
				.setHeartbeatValue(new long[] {HEARTBEAT_MS, HEARTBEAT_MS});
	}

	@Bean
	ThreadPoolTaskScheduler heartbeats() {
		return new ThreadPoolTaskScheduler();
	}
}
