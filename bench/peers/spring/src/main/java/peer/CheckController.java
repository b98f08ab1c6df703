package peer;

import java.util.Map;
import org.springframework.messaging.handler.annotation.DestinationVariable;
import org.springframework.messaging.handler.annotation.MessageMapping;
import org.springframework.messaging.handler.annotation.Payload;
import org.springframework.messaging.simp.annotation.SendToUser;
import org.springframework.messaging.simp.annotation.SubscribeMapping;
import org.springframework.stereotype.Controller;

@Controller
public class CheckController {

	@MessageMapping("/echo.{id}")
	@SendToUser(value = "/queue/reply", broadcast = false)
	public Map<String, Object> reply(@DestinationVariable("id") String id, @Payload Map<String, Object> body) {
		body.put("id", id);
		body.put("ok", true);
		return body;
	}

	@SubscribeMapping("/init")
	public Map<String, Object> init() {
		return Map.of("hello", 1);
	}
}
