"""The platform: vLLM's CPU platform, admitted to Ray."""

from vllm.platforms.cpu import CpuPlatform


class BedPlatform(CpuPlatform):
    """The CPU, standing in for the one GPU of a node.

    vLLM's CPU platform leaves ``ray_device_key`` empty, which reads as "does not support ray". With the key of a GPU, ranks
    are placed by what ``ray start --num-gpus=1`` declares: exactly as on the real machines.
    """

    ray_device_key = "GPU"

    @classmethod
    def get_device_communicator_cls(cls) -> str:
        return "strixhalo_bed_platform.communicator.BedCommunicator"
