/** Rooms as simply as they can be told: a list of who is where. Slow, and plainly right. */
export class RoomModel {
  readonly sockets: string[] = [];
  readonly #memberships: [id: string, room: string][] = [];
  /** What was told, in order. */
  readonly events: string[] = [];

  membersOf(room: string): string[] {
    return this.#memberships.filter(([, each]) => each === room).map(([id]) => id);
  }

  roomsOf(id: string): string[] {
    return this.#memberships.filter(([each]) => each === id).map(([, room]) => room);
  }

  join(id: string, rooms: readonly string[]): void {
    if (!this.sockets.includes(id)) this.sockets.push(id);
    for (const room of rooms) {
      const members = this.membersOf(room);
      if (members.includes(id)) continue;
      if (members.length === 0) this.events.push(`create-room ${room}`);
      this.#memberships.push([id, room]);
      this.events.push(`join-room ${room} ${id}`);
    }
  }

  leave(id: string, room: string): void {
    const index = this.#memberships.findIndex(([each, its]) => each === id && its === room);
    if (index === -1) return;
    this.#memberships.splice(index, 1);
    this.events.push(`leave-room ${room} ${id}`);
    if (this.membersOf(room).length === 0) this.events.push(`delete-room ${room}`);
  }

  disconnect(id: string): void {
    for (const room of this.roomsOf(id)) this.leave(id, room);
    this.sockets.splice(this.sockets.indexOf(id), 1);
  }

  /** Whom a broadcast is for, in the order of their names. */
  recipients(rooms: readonly string[], except: readonly string[]): string[] {
    return this.sockets
      .filter((id) => {
        const mine = this.roomsOf(id);
        return (
          (rooms.length === 0 || rooms.some((room) => mine.includes(room))) &&
          !except.some((room) => mine.includes(room))
        );
      })
      .sort();
  }
}
