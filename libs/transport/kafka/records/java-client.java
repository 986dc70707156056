import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Kafka's own client as the reference: carries out one command a line, fields separated by spaces,
 * bytes in hexadecimal digits with "-" for null, and answers each with lines that "ok" ends.
 */
class JavaClient {
  static final HexFormat HEX = HexFormat.of();
  static final Map<String, KafkaProducer<byte[], byte[]>> producers = new HashMap<>();
  static String servers;

  public static void main(String[] arguments) throws Exception {
    servers = arguments[0];
    var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      var words = line.split(" ", -1);
      switch (words[0]) {
        case "create" -> create(words);
        case "producer" -> producer(words);
        case "begin" -> producers.get(words[1]).beginTransaction();
        case "send" -> send(words);
        case "commit" -> producers.get(words[1]).commitTransaction();
        case "abort" -> producers.get(words[1]).abortTransaction();
        case "delete" -> delete(words);
        case "read" -> read(words);
        default -> throw new IllegalArgumentException(line);
      }
      System.out.println("ok");
    }
    System.exit(0);
  }

  /** create TOPIC [SETTING=VALUE ...] */
  static void create(String[] words) throws Exception {
    var settings = new HashMap<String, String>();
    for (int i = 2; i < words.length; i++) {
      var parts = words[i].split("=", -1);
      settings.put(parts[0], parts[1]);
    }
    try (var admin = Admin.create(Map.of("bootstrap.servers", servers))) {
      var topic = new NewTopic(words[1], Optional.of(1), Optional.empty()).configs(settings);
      admin.createTopics(List.of(topic)).all().get();
    }
  }

  /** producer NAME CODEC IS_TRANSACTIONAL LINGER_MS */
  static void producer(String[] words) {
    var settings = new HashMap<String, Object>();
    settings.put("bootstrap.servers", servers);
    settings.put("compression.type", words[2]);
    settings.put("linger.ms", words[4]);
    settings.put("batch.size", "200000");
    if (words[3].equals("true")) settings.put("transactional.id", words[1]);
    var producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    if (words[3].equals("true")) producer.initTransactions();
    producers.put(words[1], producer);
  }

  /** send NAME TOPIC (KEY VALUE HEADERS)...; headers as NAME=VALUE,NAME=VALUE or "-" */
  static void send(String[] words) throws Exception {
    var producer = producers.get(words[1]);
    for (int i = 3; i < words.length; i += 3) {
      var record = new ProducerRecord<>(words[2], 0, bytes(words[i]), bytes(words[i + 1]));
      if (!words[i + 2].equals("-")) {
        for (String header : words[i + 2].split(",")) {
          var parts = header.split("=", -1);
          record.headers().add(parts[0], bytes(parts[1]));
        }
      }
      producer.send(record);
    }
    producer.flush();
  }

  /** delete TOPIC OFFSET */
  static void delete(String[] words) throws Exception {
    try (var admin = Admin.create(Map.of("bootstrap.servers", servers))) {
      var before = RecordsToDelete.beforeOffset(Long.parseLong(words[2]));
      admin.deleteRecords(Map.of(new TopicPartition(words[1], 0), before)).all().get();
    }
  }

  /**
   * read TOPIC: what a reader of committed records sees, from every offset of the log. One line
   * "bounds START END"; one line a record from the first; one line an offset "from N: OFFSETS".
   */
  static void read(String[] words) throws Exception {
    var place = new TopicPartition(words[1], 0);
    Map<String, Object> settings = Map.of(
        "bootstrap.servers", servers,
        "isolation.level", "read_committed",
        "fetch.max.wait.ms", 1);
    try (var consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(place));
      long start = consumer.beginningOffsets(List.of(place)).get(place);
      long end = consumer.endOffsets(List.of(place)).get(place);
      System.out.println("bounds " + start + " " + end);
      for (long from = start; from < end; from++) {
        consumer.seek(place, from);
        var offsets = new StringBuilder("from " + from + ":");
        for (int idle = 0; consumer.position(place) < end && idle < 20; ) {
          var records = consumer.poll(Duration.ofMillis(50));
          idle = records.isEmpty() ? idle + 1 : 0;
          for (var record : records) {
            offsets.append(' ').append(record.offset());
            if (from == start) System.out.println(describe(record));
          }
        }
        System.out.println(offsets);
      }
    }
  }

  static String describe(ConsumerRecord<byte[], byte[]> record) {
    var headers = new StringBuilder();
    for (Header header : record.headers()) {
      headers.append(headers.isEmpty() ? "" : ",");
      headers.append(header.key()).append('=').append(text(header.value()));
    }
    return "record " + record.offset() + " " + record.timestamp() + " " + text(record.key()) + " "
        + text(record.value()) + " " + (headers.isEmpty() ? "-" : headers);
  }

  static byte[] bytes(String text) {
    return text.equals("-") ? null : HEX.parseHex(text);
  }

  static String text(byte[] bytes) {
    return bytes == null ? "-" : HEX.formatHex(bytes);
  }
}
