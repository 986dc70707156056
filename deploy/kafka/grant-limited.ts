// Of a CommonJS module, whose enums are no named exports.
import kafkajs from 'kafkajs';
import { USERS } from './users.ts';
import { withAdmin } from './with-admin.ts';

/** Gives the limited user what a consumer and producer of topics as they are needs, and no more. */
export async function grantLimited(addresses: readonly string[]): Promise<void> {
  const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;
  const rights = [
    [AclResourceTypes.TOPIC, AclOperationTypes.READ],
    [AclResourceTypes.TOPIC, AclOperationTypes.WRITE],
    [AclResourceTypes.GROUP, AclOperationTypes.READ],
  ] as const;
  await withAdmin(addresses, (admin) =>
    admin.createAcls({
      acl: rights.map(([resourceType, operation]) => ({
        resourceType,
        operation,
        resourceName: '*',
        resourcePatternType: ResourcePatternTypes.LITERAL,
        permissionType: AclPermissionTypes.ALLOW,
        principal: `User:${USERS.limited.username}`,
        host: '*',
      })),
    }),
  );
}
