import * as grpc from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

/** How often a plugin looks whether the engine that started it is still there, in milliseconds. */
const orphanCheckInterval = 500;

/**
 * Serves a gRPC service to the engine that started this process, as plugins do: prints the port as
 * the first line of standard output, and ends when the engine cancels or has died.
 *
 * @param whenListening Called once the port is out, before any call is answered.
 */
export function serve(
    service: grpc.ServiceDefinition,
    implementation: Partial<grpc.UntypedServiceImplementation>,
    whenListening: () => void = () => undefined,
): Promise<void> {
    const server = new grpc.Server({ "grpc.max_receive_message_length": 400 * 1024 * 1024 });
    // Ends once the answer is out and the engine has hung up: an engine that gets no answer waits for
    // five seconds, and one whose plugin is gone before reports a crash.
    const cancel: grpc.handleUnaryCall<Empty, Empty> = (_, callback) => {
        callback(null, new Empty());
        server.tryShutdown(() => process.exit(0));
    };
    server.addService(service, { ...implementation, cancel });
    return new Promise((_, reject) => {
        server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
            if (error) return reject(error);
            process.stdout.write(`${port}\n`, () => setImmediate(whenListening));
            const parent = process.ppid;
            setInterval(() => {
                if (process.ppid !== parent) process.exit(0);
            }, orphanCheckInterval);
        });
    });
}
