"""The commands that fix faults, as an operator types them."""

from dataclasses import dataclass

from shift_sms_operator.health.facts import Sender


@dataclass(frozen=True)
class AwsCommands:
    """Writes commands for one deployment."""

    region: str
    environment: str
    """The name of the environment in `cdk.json`."""

    def aws(self, command: str) -> str:
        """Returns a command of the AWS command line in the region of the deployment."""
        return f"aws {command} --region {self.region}"

    def sms(self, command: str) -> str:
        """Returns a command of AWS End User Messaging SMS."""
        return self.aws(f"pinpoint-sms-voice-v2 {command}")

    def update(self, sender: Sender, options: str) -> str:
        """Returns the command that changes the settings of a number, or of the pool that it is in."""
        if sender.pool:
            return self.sms(f"update-pool --pool-id {sender.pool.pool_id} {options}")
        return self.sms(f"update-phone-number --phone-number-id {sender.resource_id} {options}")

    def deploy(self) -> str:
        """Returns the command that deploys the environment."""
        return f"make deploy ENV={self.environment}"

    def shift_sms(self, command: str) -> str:
        """Returns a command of this command line."""
        return f"shift-sms {command} --env {self.environment}"

    def quota_console(self) -> str:
        """Returns the page on which quotas of AWS End User Messaging are raised."""
        return f"https://{self.region}.console.aws.amazon.com/servicequotas/home/services"
