import { expect } from "chai";
import { helpText, readArguments } from "../src/arguments.ts";

const read = (line: string) => readArguments(line.split(" ").filter(Boolean));

describe("command line of the benchmark", () => {
  it("runs everything against everyone by default", () => {
    expect(read("")).to.deep.equal({
      scenarios: ["socketio", "websocket", "engine"],
      peers: ["towline", "socket.io", "engine", "reference-engine.io", "websocket", "ws", "net", "uws"],
      rounds: 5,
      duration: 1.4,
      warmup: 0.7,
      connections: undefined,
      json: undefined,
    });
  });

  it("takes scenarios by name and options with values", () => {
    expect(
      read("echo --peers ws,net --rounds 3 --duration=2.5 --warmup 1 --connections 7 --json out.json"),
    ).to.deep.equal({
      scenarios: ["echo"],
      peers: ["ws", "net"],
      rounds: 3,
      duration: 2.5,
      warmup: 1,
      connections: 7,
      json: "out.json",
    });
  });

  it("takes names of suites and of scenarios alike", () => {
    expect(read("websocket echo")).to.deep.include({ scenarios: ["websocket", "echo"] });
  });

  it("takes a file name that looks like a number", () => {
    expect(read("--json 7")).to.include({ json: "7" });
  });

  it("gives help when asked, whatever else is said", () => {
    expect(read("ecko --help")).to.equal("help");
    expect(read("-h")).to.equal("help");
  });

  const faults: readonly [line: string, message: string][] = [
    [
      "ecko",
      'Invalid options: scenarios must be a non-empty list of socketio, websocket, engine, echo, pipelined, echo16k, burst, broadcast, room-few, room-many, connect, idle-heap, idle-rss, ws-echo, ws-pipelined, ws-echo16k, ws-echo1m, ws-burst, ws-connect, ws-idle-heap, ws-idle-rss, engine-polling-echo, engine-polling-echo-3, engine-echo, engine-connect, engine-idle-heap, engine-idle-heap-polling, got ["ecko"]',
    ],
    [
      "--peers ws,foo",
      'Invalid options: peers must be a non-empty list of towline, socket.io, engine, reference-engine.io, websocket, ws, net, uws, got ["ws", "foo"]',
    ],
    ["--rounds 0", "Invalid options: rounds must be a whole number, at least 1, got 0"],
    ["--rounds many", 'Invalid options: rounds must be a whole number, at least 1, got "many"'],
    ["--duration 0", "Invalid options: duration must be a number of seconds from 0.1 to 3600, got 0"],
    ["--connections 10001", "Invalid options: connections must be a whole number from 1 to 10000, got 10001"],
    ["--rounds", "--rounds needs a value: --rounds n"],
    [
      "--pears ws",
      "Unknown option --pears; there are --peers, --rounds, --duration, --warmup, --connections, --json and --help",
    ],
  ];
  for (const [line, message] of faults)
    it(`refuses ${line} in one line`, () => {
      expect(() => read(line)).to.throw(TypeError, message);
    });

  it("names every suite, scenario, peer and option in the help", () => {
    for (const word of [
      "echo16k",
      "ws-idle-rss",
      "against towline, socket.io, ws, net",
      "against websocket, ws, net, uws",
      "engine-polling-echo-3",
      "against engine, reference-engine.io, ws, net",
      "--connections n",
      "Default: 5.",
    ])
      expect(helpText()).to.contain(word);
  });
});
