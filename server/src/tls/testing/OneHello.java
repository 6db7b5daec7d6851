import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** Begins one TLS handshake with JSSE's defaults, to 127.0.0.1 and the port of the first argument. */
class OneHello {
    public static void main(String[] arguments) throws Exception {
        int port = Integer.parseInt(arguments[0]);
        ((SSLSocket) SSLSocketFactory.getDefault().createSocket("127.0.0.1", port)).startHandshake();
    }
}
