import { Adapter } from "socket.io-adapter";

/** Counts what is broadcast, as an adapter of the application's own. */
export class CountingAdapter extends Adapter {
  static broadcasts = 0;

  override broadcast(...args: Parameters<Adapter["broadcast"]>): void {
    CountingAdapter.broadcasts++;
    super.broadcast(...args);
  }
}
