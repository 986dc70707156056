// kafkajs's JoinGroup, of which `Broker.joinGroup` hides the name that a new member is given.
declare module 'kafkajs/src/protocol/requests/joinGroup/index.js' {
  import type { KafkaProtocol } from 'kafkajs/src/broker/index.js';

  const joinGroup: {
    protocol(options: { version: number }): (request: {
      groupId: string;
      sessionTimeout: number;
      rebalanceTimeout: number;
      memberId: string;
      protocolType: string;
      groupProtocols: readonly { name: string; metadata: Buffer }[];
    }) => KafkaProtocol<{
      generationId: number;
      leaderId: string;
      memberId: string;
      members: { memberId: string; memberMetadata: Buffer }[];
    }>;
  };
  export = joinGroup;
}
