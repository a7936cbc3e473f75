"""The communicator: vLLM's CPU communicator without its short cut through shared memory."""

from vllm.distributed.device_communicators.cpu_communicator import CpuCommunicator


class BedCommunicator(CpuCommunicator):
    """Sends everything through torch.distributed, that is: over the cable.

    vLLM concludes from equal group names that all ranks share one ``/dev/shm``. Ranks on two nodes have equal names too, and
    would then wait for each other for ever in shared memory that is not shared.
    """

    def _all_group_ranks_share_shm_group_name(self) -> bool:
        return False
