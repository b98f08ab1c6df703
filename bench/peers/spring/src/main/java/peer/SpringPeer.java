package peer;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The same on Spring's simple broker: {@code java -jar spring-peer.jar --server.port=PORT}. */
@SpringBootApplication
public class SpringPeer {

	public static void main(String[] args) {
		SpringApplication.run(SpringPeer.class, args);
		System.out.println("listening");
	}
}
