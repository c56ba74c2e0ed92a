"""Products and prices, as far as Checkout needs them."""

from tests.stripe.fake.errors import required
from tests.stripe.fake.money import require_amount
from tests.stripe.fake.world import Call, Object, World


def create_product(world: World, call: Call) -> Object:
    name = call.text("name")
    if name is None:
        raise required("name")
    return world.make(
        "product",
        "prod",
        active=True,
        default_price=None,
        description=call.text("description"),
        images=[],
        livemode=world.livemode,
        marketing_features=[],
        metadata=call.metadata(),
        name=name,
        package_dimensions=None,
        shippable=None,
        statement_descriptor=None,
        tax_code=None,
        unit_label=None,
        updated=world.now,
        url=None,
    )


def create_price(world: World, call: Call) -> Object:
    product = world.find(call.text("product") or "", "product")
    amount = require_amount(call, "unit_amount")
    return world.make(
        "price",
        "price",
        active=True,
        billing_scheme="per_unit",
        currency=call.text("currency"),
        custom_unit_amount=None,
        livemode=world.livemode,
        lookup_key=None,
        metadata=call.metadata(),
        nickname=None,
        product=product["id"],
        recurring=None,
        tax_behavior="unspecified",
        tiers_mode=None,
        transform_quantity=None,
        type="one_time",
        unit_amount=amount,
        unit_amount_decimal=str(amount),
    )
